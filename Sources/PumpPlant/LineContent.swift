import PumpHAL

/// So much of each drug of a mixture: masses in mg, or concentrations in mg/µL.
struct MixtureAmount: Equatable, Sendable {
  var leading = 0.0
  var second = 0.0

  static func += (a: inout Self, b: Self) {
    a.leading += b.leading
    a.second += b.second
  }
  static func * (a: Self, factor: Double) -> Self {
    Self(leading: a.leading * factor, second: a.second * factor)
  }
}

/// What is in the line: drugs and air, moving as a plug.
///
/// 64 cells, and a 65th because the one that is leaving and the one that is entering are each
/// partly there. Drugs and air are conserved exactly but for rounding.
struct LineContent: Sendable {
  static let cells = 64
  private static let slots = 65

  /// Volume of a cell, µL.
  let cellVolume: Double
  /// Drug in each slot, mg.
  private var drug: [Double]
  /// Second drug in each slot, mg.
  private var seconds: [Double]
  /// Air in each slot, µL at ambient pressure.
  private var airs: [Double]
  /// The slot that is leaving through the needle.
  private var outlet = 0
  /// Volume left in it, µL.
  private var left: Double

  /// Air in the line, µL at ambient pressure.
  private(set) var air = 0.0
  /// Air that passed the detector, an eighth of the line behind the syringe, µL.
  private(set) var detected = 0.0
  /// Drug that went back into the syringe, mg.
  private(set) var returned = MixtureAmount()
  /// Drug in what leaves next, mg/µL.
  private(set) var outletConcentration: MixtureAmount

  /// A line of `volume` µL full of drug at `concentration` mg/µL.
  init(volume: Double, concentration: MixtureAmount) {
    cellVolume = volume / Double(Self.cells)
    drug = [Double](repeating: cellVolume * concentration.leading, count: Self.slots)
    seconds = [Double](repeating: cellVolume * concentration.second, count: Self.slots)
    airs = [Double](repeating: 0, count: Self.slots)
    left = cellVolume
    drug[Self.slots - 1] = 0
    seconds[Self.slots - 1] = 0
    outletConcentration = concentration
  }

  private func slot(_ index: Int) -> Int { index < Self.slots ? index : index - Self.slots }
  private var inlet: Int { slot(outlet + Self.slots - 1) }

  /// Drug in the line, mg.
  var drugInLine: MixtureAmount {
    var sum = MixtureAmount()
    for mass in drug { sum.leading += mass }
    for mass in seconds { sum.second += mass }
    return sum
  }

  /// Moves the content on by `volume` µL, fluid of `concentration` mg/µL entering behind it; gives
  /// the drug that left in front, mg.
  ///
  /// A negative volume moves it back: tissue fluid without drug enters in front, and the drug that
  /// leaves behind goes into the syringe.
  mutating func move(_ volume: Double, concentration: MixtureAmount) -> MixtureAmount {
    var mass = MixtureAmount()
    if volume > 0 {
      var rest = volume
      while rest > 0 {
        let part = min(rest, left)
        let share = part / left
        let gone = drug[outlet] * share
        let goneSecond = seconds[outlet] * share
        let goneAir = airs[outlet] * share
        mass.leading += gone
        mass.second += goneSecond
        drug[outlet] -= gone
        seconds[outlet] -= goneSecond
        airs[outlet] -= goneAir
        air -= goneAir
        drug[inlet] += concentration.leading * part
        seconds[inlet] += concentration.second * part
        left -= part
        rest -= part
        if left <= 0 { turnForward() }
      }
    } else {
      moveBack(-volume)
    }
    if air < 1e-9 { air = 0 }
    outletConcentration = MixtureAmount(
      leading: drug[outlet] / left, second: seconds[outlet] / left)
    return mass
  }

  private mutating func turnForward() {
    drug[outlet] = 0
    seconds[outlet] = 0
    airs[outlet] = 0
    outlet = slot(outlet + 1)
    left = cellVolume
    detected += airs[slot(outlet + Self.slots - 1 - Self.cells / 8)]
  }

  private mutating func moveBack(_ volume: Double) {
    var rest = volume
    while rest > 0 {
      var room = cellVolume - left
      if room <= 0 {
        // The slot that was entering is empty: it becomes the one that leaves.
        outlet = inlet
        drug[outlet] = 0
        seconds[outlet] = 0
        airs[outlet] = 0
        left = 0
        room = cellVolume
      }
      let part = min(rest, room)
      let share = part / room
      let entering = inlet
      let gone = drug[entering] * share
      let goneSecond = seconds[entering] * share
      let goneAir = airs[entering] * share
      drug[entering] -= gone
      seconds[entering] -= goneSecond
      airs[entering] -= goneAir
      air -= goneAir
      returned += MixtureAmount(leading: gone, second: goneSecond)
      left = part == room ? cellVolume : left + part
      rest -= part
    }
  }

  /// Puts `volume` µL of air where the line begins; what was there trades places with it.
  mutating func insertAir(_ volume: Double) {
    var rest = volume
    var index = inlet
    var room = cellVolume - left
    var distance = 0
    while rest > 0 && index != outlet {
      let free = room - airs[index]
      let part = min(rest, max(free, 0))
      if part > 0 {
        let gone = drug[index] * (part / free)
        let goneSecond = seconds[index] * (part / free)
        drug[index] -= gone
        seconds[index] -= goneSecond
        returned += MixtureAmount(leading: gone, second: goneSecond)
        airs[index] += part
        air += part
        rest -= part
        // A long bubble reaches past the detector at once.
        if distance >= Self.cells / 8 { detected += part }
      }
      distance += 1
      index = slot(index + Self.slots - 1)
      room = cellVolume
    }
  }

  /// Starts the detector's count again.
  mutating func resetDetector() { detected = 0 }

  /// A copy that shares no storage.
  func detached() -> LineContent {
    var copy = self
    copy.drug = drug.map { $0 }
    copy.seconds = seconds.map { $0 }
    copy.airs = airs.map { $0 }
    return copy
  }
}

extension MixtureAmount: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(leading)
    sink.put(second)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    leading = source.takeDouble()
    second = source.takeDouble()
    if !isPlausible(leading) || !isPlausible(second) { source.fail() }
  }
}

extension LineContent: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(cellVolume)
    for mass in drug { sink.put(mass) }
    for mass in seconds { sink.put(mass) }
    for volume in airs { sink.put(volume) }
    sink.put(UInt8(truncatingIfNeeded: outlet))
    sink.put(left)
    sink.put(air)
    sink.put(detected)
    returned.encode(to: &sink)
    outletConcentration.encode(to: &sink)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    cellVolume = source.takeDouble()
    drug = [Double](repeating: 0, count: Self.slots)
    seconds = drug
    airs = drug
    for index in 0..<Self.slots { drug[index] = source.takeDouble() }
    for index in 0..<Self.slots { seconds[index] = source.takeDouble() }
    for index in 0..<Self.slots { airs[index] = source.takeDouble() }
    outlet = Int(source.take8())
    if outlet >= Self.slots {
      outlet = 0
      source.fail()
    }
    left = source.takeDouble()
    air = source.takeDouble()
    detected = source.takeDouble()
    returned = MixtureAmount(from: &source)
    outletConcentration = MixtureAmount(from: &source)
    for mass in drug where !isPlausible(mass) || mass < 0 { source.fail() }
    for mass in seconds where !isPlausible(mass) || mass < 0 { source.fail() }
    for volume in airs where !isPlausible(volume) || volume < 0 { source.fail() }
    if !(cellVolume > 1e-3) || !(left > 0) || left > cellVolume { source.fail() }
  }
}
