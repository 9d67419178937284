// Two records side by side: where their inputs part, and where their outputs do.

import PumpHAL
import SessionRecord
import Text

/// What the comparison of two records comes to.
///
/// Inputs and outputs are judged apart: two firmwares given the same inputs differ in outputs first,
/// two sessions of different worlds in inputs first.
public struct RecordComparison: Sendable {
  /// Whether both records hold the same power-ons, inputs and outputs, and as many of each.
  public var isIdentical: Bool {
    firstPowerOnDifference == nil && firstInputDifference == nil && firstOutputDifference == nil
      && ticksA == ticksB
  }
  /// Passes that were compared: to the end of the shorter record, or to where the two no longer line up.
  public var ticks: Int64
  /// Passes in the first record.
  public var ticksA: Int64
  /// Passes in the second record.
  public var ticksB: Int64
  /// The first power-on that differs: capabilities, configuration, memory, or its being there at all.
  public var firstPowerOnDifference: FirstDifference?
  /// The first pass whose inputs differ, with the first record's tick.
  public var firstInputDifference: FirstDifference?
  /// The first pass whose outputs differ, with the first record's tick.
  public var firstOutputDifference: FirstDifference?
  /// Files that are attached to both with other bytes, or to one of them only.
  public var differingFiles: [String]
  /// The programs that recorded.
  public var recordedBy: (a: String, b: String)

  /// The comparison as JSON; key by key as `Docs/CommandLine.md` describes it.
  public var json: String {
    JSONValue.object([
      ("identical", .bool(isIdentical)),
      ("ticks", .integer(ticks)),
      ("ticks_a", .integer(ticksA)),
      ("ticks_b", .integer(ticksB)),
      ("power_on", firstPowerOnDifference?.json(sides: ("a", "b")) ?? .null),
      ("first_input", firstInputDifference?.json(sides: ("a", "b")) ?? .null),
      ("first_output", firstOutputDifference?.json(sides: ("a", "b")) ?? .null),
      ("files", .array(differingFiles.map { .string($0) })),
    ]).text
  }

  /// The comparison for a terminal.
  public var summary: String {
    var out = isIdentical ? "IDENTICAL: " : "DIFFERENT: "
    out += "\(ticks) ticks compared, inputs and outputs of both channels\n"
    for (what, difference) in [
      ("power-on", firstPowerOnDifference), ("inputs", firstInputDifference),
      ("outputs", firstOutputDifference),
    ] {
      guard let difference else { continue }
      let at = SessionTime(tick: difference.tick).text
      out += "\(what) differ first at tick \(difference.tick) (\(at))\n"
      for field in difference.fields {
        out += "  \(field.field): A \(field.recorded), B \(field.replayed)\n"
      }
    }
    if ticksA != ticksB { out += "A has \(ticksA) ticks, B has \(ticksB)\n" }
    for name in differingFiles { out += "\(name) is not the same in both\n" }
    return out + "A recorded by \(recordedBy.a), B by \(recordedBy.b)\n"
  }
}

extension Replay {
  /// Compares two records pass by pass, without running anything.
  ///
  /// After a power-on that stands in one of them only, the passes no longer line up; what follows is
  /// counted, not compared.
  public static func compare(
    path: String, against other: String
  ) throws(ReplayError) -> RecordComparison {
    do { return try comparison(of: path, and: other) } catch { throw .record(error) }
  }

  private static func comparison(
    of path: String, and other: String
  ) throws(RecordError) -> RecordComparison {
    let readerA = try RecordReader(path: path)
    let readerB = try RecordReader(path: other)
    var tapeA = try readerA.tape()
    var tapeB = try readerB.tape()
    var comparison = RecordComparison(
      ticks: 0, ticksA: 0, ticksB: 0, differingFiles: differingFiles(readerA, readerB),
      recordedBy: (readerA.library, readerB.library))
    var itemA = try tapeA.nextOfSession()
    var itemB = try tapeB.nextOfSession()
    while itemA != .end, itemB != .end {
      if itemA != itemB {
        comparison.firstPowerOnDifference =
          comparison.firstPowerOnDifference ?? onlyOne(itemA == .powerOn, at: tapeA.sessionTick)
        break
      }
      if itemA == .powerOn {
        comparison.takePowerOns(tapeA, tapeB)
      } else {
        comparison.takeTicks(&tapeA, &tapeB)
      }
      itemA = try tapeA.nextOfSession()
      itemB = try tapeB.nextOfSession()
    }
    while itemA != .end {
      if itemA == .tick { comparison.ticksA += 1 }
      itemA = try tapeA.nextOfSession()
    }
    while itemB != .end {
      if itemB == .tick { comparison.ticksB += 1 }
      itemB = try tapeB.nextOfSession()
    }
    return comparison
  }

  private static func onlyOne(_ isInFirst: Bool, at tick: Int64) -> FirstDifference {
    let (a, b) = isInFirst ? ("there", "none") : ("none", "there")
    return FirstDifference(
      tick: tick, fields: [FieldDifference(field: "powerOn", recorded: a, replayed: b)])
  }

  private static func differingFiles(_ a: RecordReader, _ b: RecordReader) -> [String] {
    var names: [String] = []
    for name in a.attachments.map(\.name) + b.attachments.map(\.name)
    where !names.contains(name) {
      let one = a.attachments.filter { $0.name == name }
      let other = b.attachments.filter { $0.name == name }
      if one != other { names.append(name) }
    }
    return names
  }
}

extension RecordTape {
  /// Goes on to the next power-on or tick, or to the end: what belongs to the session, not to its
  /// writing.
  fileprivate mutating func nextOfSession() throws(RecordError) -> Item {
    while true {
      let item = try next()
      if item == .tick || item == .powerOn || item == .end { return item }
    }
  }
}

extension RecordComparison {
  fileprivate mutating func takePowerOns(_ a: borrowing RecordTape, _ b: borrowing RecordTape) {
    guard firstPowerOnDifference == nil else { return }
    var fields: [FieldDifference] = []
    if a.sessionTick != b.sessionTick {
      fields.append(
        FieldDifference(
          field: "powerOn.tick", recorded: "\(a.sessionTick)", replayed: "\(b.sessionTick)"))
    }
    fields += FieldDifference.between(a.powerOn, b.powerOn, path: "powerOn")
    let (memoryA, memoryB) = (a.memory, b.memory)
    if memoryA.count != memoryB.count {
      fields.append(
        FieldDifference(
          field: "memory.count", recorded: "\(memoryA.count)", replayed: "\(memoryB.count)"))
    }
    // The first slot tells enough: a dose history that differs does so in a hundred.
    if let slot = zip(memoryA, memoryB).enumerated().first(where: { $1.0 != $1.1 }) {
      fields += FieldDifference.between(
        slot.element.0, slot.element.1, path: "memory[\(slot.offset)]")
    }
    if !fields.isEmpty {
      firstPowerOnDifference = FirstDifference(tick: a.sessionTick, fields: fields)
    }
  }

  fileprivate mutating func takeTicks(_ a: inout RecordTape, _ b: inout RecordTape) {
    ticks += 1
    ticksA += 1
    ticksB += 1
    if firstInputDifference == nil {
      let (one, other) = (a.takeInput(), b.takeInput())
      if one != other {
        firstInputDifference = FirstDifference(
          tick: a.sessionTick, fields: FieldDifference.between(one, other, path: "input"))
      }
    }
    if firstOutputDifference == nil, !a.holds(b.output, b.monitor) {
      firstOutputDifference = FirstDifference(
        tick: a.sessionTick,
        fields: FieldDifference.between(a.output, b.output, path: "output")
          + FieldDifference.between(a.monitor, b.monitor, path: "monitor"))
    }
  }
}
