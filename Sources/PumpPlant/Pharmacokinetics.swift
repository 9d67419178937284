import PumpHAL

/// Drug in depot and three compartments, advanced exactly over one second of constant input.
public struct Pharmacokinetics: Sendable {
  /// The four states or one row of the transition matrix.
  public struct Row: Equatable, Sendable {
    /// Depot under the skin.
    public var depot: Double
    /// Central compartment (plasma).
    public var central: Double
    /// Second compartment.
    public var second: Double
    /// Third compartment.
    public var third: Double

    func times(_ other: Row) -> Double {
      depot * other.depot + central * other.central + second * other.second + third * other.third
    }
  }

  /// Φ: what one second makes of the states, row by row.
  public let depotRow: Row
  /// Φ, second row.
  public let centralRow: Row
  /// Φ, third row.
  public let secondRow: Row
  /// Φ, fourth row.
  public let thirdRow: Row
  /// Γ: what one second of 1 mg/h into the depot adds, mg.
  public let input: Row
  /// Central volume, L.
  public let centralVolume: Double
  /// Share of the dose that is absorbed.
  public let bioavailability: Double

  /// Drug in each compartment, mg.
  public internal(set) var amounts = Row(depot: 0, central: 0, second: 0, third: 0)

  /// Computes Φ and Γ by scaling and squaring, with nothing but + - × ÷ and square root.
  public init(_ drug: DrugParameters) {
    let size = drug.bodyMass / 70
    // (mass / 70)^0.75 without a power function.
    let flowSize =
      drug.isAllometric ? squareRoot(size) * squareRoot(squareRoot(size)) : size
    let v1 = drug.centralVolume * size
    let v2 = drug.secondVolume * size
    let v3 = drug.thirdVolume * size
    let k10 = drug.clearance * flowSize / v1
    let k12 = drug.secondExchange * flowSize / v1
    let k13 = v3 > 0 ? drug.thirdExchange * flowSize / v1 : 0
    let k21 = v2 > 0 ? drug.secondExchange * flowSize / v2 : 0
    let k31 = v3 > 0 ? drug.thirdExchange * flowSize / v3 : 0
    let ka = drug.absorption
    centralVolume = v1
    bioavailability = drug.bioavailability
    // One second of the augmented system (four states and the input), rates per hour.
    var generator = Matrix()
    generator[0, 0] = -ka
    generator[1, 0] = ka
    generator[1, 1] = -(k10 + (v2 > 0 ? k12 : 0) + k13)
    generator[1, 2] = k21
    generator[1, 3] = k31
    generator[2, 1] = v2 > 0 ? k12 : 0
    generator[2, 2] = -k21
    generator[3, 1] = k13
    generator[3, 3] = -k31
    generator[0, 4] = 1
    let result = generator.scaled(by: 1 / 3600.0).exponential()
    depotRow = result.row(0)
    centralRow = result.row(1)
    secondRow = result.row(2)
    thirdRow = result.row(3)
    input = Row(
      depot: result[0, 4], central: result[1, 4], second: result[2, 4], third: result[3, 4])
  }

  /// One second in which `mass` mg went under the skin.
  public mutating func advance(mass: Double) {
    let rate = mass * bioavailability * 3600
    let now = amounts
    amounts = Row(
      depot: depotRow.times(now) + input.depot * rate,
      central: centralRow.times(now) + input.central * rate,
      second: secondRow.times(now) + input.second * rate,
      third: thirdRow.times(now) + input.third * rate)
  }

  /// Drug in the plasma, ng/mL.
  public var plasma: Double { amounts.central / centralVolume * 1000 }
}

/// A 5 × 5 matrix, for the start of a session only.
private struct Matrix {
  private var values = [Double](repeating: 0, count: 25)

  subscript(row: Int, column: Int) -> Double {
    get { values[row * 5 + column] }
    set { values[row * 5 + column] = newValue }
  }

  func row(_ index: Int) -> Pharmacokinetics.Row {
    Pharmacokinetics.Row(
      depot: self[index, 0], central: self[index, 1], second: self[index, 2],
      third: self[index, 3])
  }

  func scaled(by factor: Double) -> Matrix {
    var result = self
    for index in 0..<25 { result.values[index] *= factor }
    return result
  }

  func times(_ other: Matrix) -> Matrix {
    var result = Matrix()
    for row in 0..<5 {
      for column in 0..<5 {
        var sum = 0.0
        for inner in 0..<5 { sum += self[row, inner] * other[inner, column] }
        result[row, column] = sum
      }
    }
    return result
  }

  func plus(_ other: Matrix) -> Matrix {
    var result = self
    for index in 0..<25 { result.values[index] += other.values[index] }
    return result
  }

  /// Largest sum of magnitudes in a row.
  var norm: Double {
    var largest = 0.0
    for row in 0..<5 {
      var sum = 0.0
      for column in 0..<5 { sum += abs(self[row, column]) }
      largest = max(largest, sum)
    }
    return largest
  }

  /// e to the power of the matrix: Taylor to the 12th order after scaling below 1/16, where the
  /// rest is below 1e-25, then squaring.
  func exponential() -> Matrix {
    var halvings = 0
    var scale = 1.0
    while norm * scale > 0.0625 && halvings < 60 {
      scale *= 0.5
      halvings += 1
    }
    let small = scaled(by: scale)
    var identity = Matrix()
    for index in 0..<5 { identity[index, index] = 1 }
    // Horner's scheme from the smallest term up.
    var result = identity
    for order in stride(from: 12, through: 1, by: -1) {
      result = identity.plus(small.times(result).scaled(by: 1 / Double(order)))
    }
    for _ in 0..<halvings { result = result.times(result) }
    return result
  }
}
