import PumpHAL

/// Which drug of a mixture: the one that doses in mass mean, or the other.
enum MixturePart: Sendable {
  case leading
  case second
}

/// The mass of each drug that went out in one rolling window, counted by the monitor for itself.
///
/// Sixty cells of a sixtieth of the window: the one that fills and 59 closed ones. The mass of a
/// closed cell is rounded up. Together they reach back between 59/60 of the window and the whole of
/// it, never further, so that a controller which keeps the cap exactly is never contradicted; one
/// that does not is stopped at the cap and the tolerance, in any 59/60 of the window.
/// What is drawn back is taken off what goes out next. Never sees a clock.
///
/// Both drugs of a mixture share what went out since a cell began to fill, which is volume; the
/// stricter of their caps bounds it.
///
/// - Requirements: @relation(R-028, R-030, scope=file)
struct DoseWindow: Sendable {
  /// Length of a cell, ticks.
  private(set) var cellLength: Int64
  /// Closed cells, ng; the one that fills holds what was counted before the solution changed.
  private var cells = InlineArray<60, Int64>(repeating: 0)
  /// The cell that fills.
  private(set) var position: UInt8 = 0
  /// Ticks since it began to fill.
  private(set) var age: Int64 = 0
  /// Sum of all cells, ng.
  private var sum: Int64 = 0
  /// The same of the second drug.
  private var secondCells = InlineArray<60, Int64>(repeating: 0)
  private var secondSum: Int64 = 0
  /// What went out since it began to fill; negative after a retraction.
  private var filling = Attolitres.zero
  /// What may be in `filling` at most.
  private var room = Attolitres(rawValue: .max)

  init(minutes: Int64) { cellLength = minutes * MonitorLimits.ticksPerMinute / 60 }

  /// Whether more went out than the cap allows.
  var isExceeded: Bool { filling > room }

  /// Counts motion.
  mutating func count(_ volume: Attolitres) { filling += volume }

  /// Lets time pass; true when a cell was closed.
  mutating func advance(_ ticks: Int64, solution: Solution) -> Bool {
    age += ticks
    guard age >= cellLength else { return false }
    settle(solution)
    while age >= cellLength {
      age -= cellLength
      position = position == 59 ? 0 : position + 1
      sum -= cells[Int(position)]
      cells[Int(position)] = 0
      secondSum -= secondCells[Int(position)]
      secondCells[Int(position)] = 0
    }
    return true
  }

  /// Turns what went out into mass with the solution that it was.
  mutating func settle(_ solution: Solution) {
    guard filling.rawValue > 0 else { return }
    let mass = Self.mass(of: filling, concentration: solution.leading)
    cells[Int(position)] += mass
    sum += mass
    if solution.second > 0 {
      let second = Self.mass(of: filling, concentration: solution.second)
      secondCells[Int(position)] += second
      secondSum += second
    }
    filling = .zero
  }

  /// Computes anew what may still go out before the cell that fills is closed.
  mutating func limit(_ leading: DoseBound, _ second: DoseBound) {
    room = .smallest(Self.room(for: leading, sum), Self.room(for: second, secondSum))
  }

  /// What may still go out of a solution of which `sum` ng are counted already.
  private static func room(for bound: DoseBound, _ sum: Int64) -> Attolitres {
    guard bound.cap > 0, bound.concentration > 0 else { return Attolitres(rawValue: .max) }
    let rest = bound.cap + bound.tolerance - sum
    guard rest > 0 else {
      // Over already: as much has to be drawn back.
      let over = Ratio.roundedUp(
        -rest, times: Attolitres.perMillilitre, over: bound.concentration)
      return Attolitres(rawValue: -1 - Prescription.cut(over, to: Attolitres.perMillilitre * 1000))
    }
    return Attolitres(
      rawValue: Ratio.roundedDown(
        rest, times: Attolitres.perMillilitre, over: bound.concentration))
  }

  /// Everything counted of the leading drug in the window, ng.
  func total(_ solution: Solution) -> Int64 {
    sum + Self.mass(of: filling, concentration: solution.leading)
  }

  /// Everything counted of the second drug in the window, ng.
  func secondTotal(_ solution: Solution) -> Int64 {
    secondSum + Self.mass(of: filling, concentration: solution.second)
  }

  /// What the cell that fills holds of a drug, ng.
  mutating func partial(of part: MixturePart, _ solution: Solution) -> Int64 {
    let concentration = part == .leading ? solution.leading : solution.second
    return cell(Int(position), of: part) + Self.mass(of: filling, concentration: concentration)
  }

  /// A cell of a drug, ng.
  mutating func cell(_ index: Int, of part: MixturePart) -> Int64 {
    part == .leading ? cells[index] : secondCells[index]
  }

  /// The cell before one.
  static func position(before position: UInt8) -> UInt8 { position == 0 ? 59 : position - 1 }

  /// Puts back the place that the journal held, after the closed cells.
  mutating func restore(position: UInt8, age: Int64) {
    self.position = Swift.min(position, 59)
    self.age = Swift.max(0, Swift.min(age, cellLength - 1))
    sum = 0
    secondSum = 0
    for index in 0..<60 {
      sum += cells[index]
      secondSum += secondCells[index]
    }
  }

  /// Puts back what the cell that filled held of a drug, ng, after the place.
  mutating func restore(partial: Int64, at position: UInt8, of part: MixturePart) {
    let index = Int(Swift.min(position, 59))
    advance(to: index)
    // A cell that was closed after this was written holds it already.
    let missing = partial - cell(index, of: part)
    guard missing > 0 else { return }
    switch part {
    case .leading: sum += missing
    case .second: secondSum += missing
    }
    restore(cell: index, mass: partial, of: part)
  }

  /// The cell that fills is the next where that was written later than the place.
  private mutating func advance(to index: Int) {
    guard Int(Self.position(before: UInt8(index))) == Int(position) else { return }
    position = UInt8(index)
    age = 0
  }

  /// Puts back one cell of a drug, ng.
  mutating func restore(cell index: Int, mass: Int64, of part: MixturePart) {
    switch part {
    case .leading: cells[index] = mass
    case .second: secondCells[index] = mass
    }
  }

  /// Forgets everything: another patient.
  mutating func clear() {
    for index in 0..<60 {
      cells[index] = 0
      secondCells[index] = 0
    }
    sum = 0
    secondSum = 0
    filling = .zero
  }

  private static func mass(of volume: Attolitres, concentration: Int64) -> Int64 {
    let mass = Ratio.roundedUp(
      volume.rawValue, times: concentration, over: Attolitres.perMillilitre)
    return Swift.min(mass, Prescription.largestAmount)
  }
}

extension DoseWindow: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(cellLength)
    for index in 0..<60 { sink.put(cells[index]) }
    sink.put(position)
    sink.put(age)
    sink.put(sum)
    for index in 0..<60 { sink.put(secondCells[index]) }
    sink.put(secondSum)
    filling.encode(to: &sink)
    room.encode(to: &sink)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init(minutes: 60)
    cellLength = source.takeInt64()
    for index in 0..<60 { cells[index] = source.takeInt64() }
    position = source.take8()
    if position > 59 || cellLength <= 0 { source.fail() }
    age = source.takeInt64()
    sum = source.takeInt64()
    for index in 0..<60 { secondCells[index] = source.takeInt64() }
    secondSum = source.takeInt64()
    filling = Attolitres(from: &source)
    room = Attolitres(from: &source)
  }
}
