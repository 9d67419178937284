import PumpHAL
import PumpPlant
import Testing
import Vocabulary

/// Every row of the vocabulary of faults, whatever rows there will be.
@Suite("Vocabulary of faults")
struct FaultRowTests {
  /// The values of a row with each of its keys once at the least, in the middle and at the most.
  private func samples(_ row: FaultRow) -> [FaultRow.Values] {
    var found = [row.absentValues]
    for key in row.keys {
      switch key.writing {
      case .site:
        found += FluidSite.allCases.map { site in
          var values = row.absentValues
          values.site = site
          return values
        }
      case .quantity(_, let range, _):
        for value in [
          range.lowerBound, (range.lowerBound + range.upperBound) / 2, range.upperBound,
        ] {
          var values = row.absentValues
          values[key.part] = value
          found.append(values)
        }
      case .whole(let range):
        var values = row.absentValues
        values[key.part] = Double(range.upperBound)
        found.append(values)
      case .syringe:
        var values = row.absentValues
        values[key.part] = 285.023
        found.append(values)
      }
    }
    return found
  }

  /// The fault that comes out of the encoding of one; nil where it fails or is not 27 bytes long.
  private func encodedAndDecoded(_ fault: Fault) -> Fault? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 100) { buffer in
      var writer = CanonicalWriter(buffer)
      fault.encode(to: &writer)
      var reader = CanonicalReader(UnsafeBufferPointer(rebasing: buffer[..<writer.count]))
      let decoded = Fault(from: &reader)
      return writer.count == 27 && !reader.hasFailed ? decoded : nil
    }
  }

  @Test("Every kind and every failure that the plant can do has one row, and every row is one")
  func complete() {
    for kind in FaultKind.allCases where kind != .component {
      #expect(FaultRow.named.filter { $0.kind == kind }.count == 1, "\(kind)")
    }
    for component in Component.allCases {
      for kind in component.kinds {
        let rows = FaultRow.components.filter {
          $0.failing?.component == component && $0.failing?.kind == kind
        }
        #expect(rows.count == 1, "\(component) \(kind)")
      }
    }
    #expect(Set(FaultRow.all.map(\.title)).count == FaultRow.all.count)
    #expect(Set(FaultRow.names).count == FaultRow.names.count)
    for row in FaultRow.all {
      #expect(!row.meaning.isEmpty)
      #expect(Set(row.keys.map(\.name)).count == row.keys.count)
      #expect(Set(row.keys.map(\.part)).count == row.keys.count)
      #expect(row.keys.contains { $0.part == .lasting } == row.kind.canEnd)
      #expect(row.keys.contains { $0.part == .site } == row.kind.hasSite)
    }
  }

  @Test("What a row builds is possible where its keys are, goes back into them, and is encoded")
  func builds() throws {
    for row in FaultRow.all {
      for values in samples(row) where row.failing == nil || row.fault(values).isPossible {
        let fault = row.fault(values)
        #expect(fault.isPossible)
        #expect(fault.values == values, "\(row.title)")
        #expect(fault.name == row.title)
        #expect(FaultRow.row(of: fault)?.title == row.title)
        #expect(fault.selection.holds(fault))
        #expect(FaultKind(name: row.name) == row.kind || row.failing != nil)
        #expect(encodedAndDecoded(fault) == fault)
      }
    }
  }

  @Test("Every amount outside the bounds of a failing component is one that the plant refuses")
  func bounds() {
    for row in FaultRow.components {
      for key in row.keys where key.part != .lasting {
        guard case .quantity(_, let range, _) = key.writing else { continue }
        var values = row.absentValues
        // An amount that has to be given, where another key is tried.
        if let amount = row.keys.first(where: { $0.part == .amount }),
          case .quantity(_, let allowed, _) = amount.writing
        {
          values.amount = allowed.upperBound
        }
        values[key.part] = range.upperBound
        #expect(row.fault(values).isPossible, "\(row.title) \(key.name)")
        values[key.part] = range.upperBound.nextUp
        #expect(!row.fault(values).isPossible, "\(row.title) \(key.name)")
      }
    }
  }

  @Test("What is told of a fault has every value that is not just so, with its unit")
  func details() {
    func number(_ value: Double, _ decimals: Int) -> String { "<\(value)>" }
    #expect(Fault.stall.details(number) == nil)
    #expect(
      Fault.occlusion(site: .line, remaining: 0, ramp: 60).details(number)
        == "line, total, within <60.0> s")
    #expect(
      Fault.component(ComponentFault(.forceCell, .gain, amount: 0.5, ramp: 2)).details(number)
        == "+<50.0> %, within <2.0> s")
    for row in FaultRow.all {
      for values in samples(row) {
        let told = row.fault(values).details(number) ?? ""
        for key in row.keys where key.part != .lasting && key.part != .site {
          if values[key.part] != 0 { #expect(told.contains("<"), "\(row.title) \(key.name)") }
        }
      }
    }
  }
}
