import PumpHAL

/// What is really the case in the modelled world, which no sensor tells.
public struct PlantTruth: Equatable, Sendable {
  /// Fluid that went through the needle into the tissue, less what came back, µL.
  public var infusedVolume: Double = 0
  /// Drug that went through the needle into the tissue, mg.
  public var infusedMass: Double = 0
  /// The same of the second drug of a mixture, mg.
  public var infusedSecondMass: Double = 0
  /// Fluid that ran to the outside, µL.
  public var leakedVolume: Double = 0
  /// Drug that ran to the outside, mg.
  public var leakedMass: Double = 0
  /// The same of the second drug of a mixture, mg.
  public var leakedSecondMass: Double = 0
  /// Fluid in the syringe, dead space included, µL.
  public var syringeVolume: Double = 0
  /// Pressure in syringe and line (P1), mmHg.
  public var linePressure: Double = 0
  /// Pressure in the hub, before the needle (P2), mmHg.
  public var hubPressure: Double = 0
  /// Pressure in the tissue around the needle, mmHg.
  public var tissuePressure: Double = 0
  /// Flow through the needle into the tissue, µL/s.
  public var needleFlow: Double = 0
  /// Microsteps the motor really did, lost ones left out, since the world began.
  public var stepsDone: Int64 = 0
  /// Position of the plunger since the world began or the syringe was changed, mm.
  public var plungerPosition: Double = 0
  /// Thrust on the plunger, N.
  public var thrust: Double = 0
  /// Drug in the plasma, ng/mL.
  public var plasma: Double = 0
  /// Second drug of a mixture in the plasma, ng/mL.
  public var secondPlasma: Double = 0
  /// Charge left in the battery, 0 to 1.
  public var stateOfCharge: Double = 0
  /// Air in the line at ambient pressure, µL.
  public var bubbleVolume: Double = 0
  /// Whether the plunger moves; else it sticks.
  public var isPlungerSlipping = false
  /// Whether the lamp gives light at this moment.
  public var isLampLit = false
  /// Whether the buzzer makes a sound at this moment.
  public var isSounding = false
  /// The share of the buzzer's sound that gets out of the case, 0 to 1.
  public var loudness: Double = 1
  /// Whether the tone sounds that has its own supply, because the power failed.
  public var isPowerFailToneSounding = false
  /// The truth about nothing.
  public init() {}
}

extension PlantTruth: CanonicalCodable {
  /// Appends the truth, 156 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(infusedVolume)
    sink.put(infusedMass)
    sink.put(infusedSecondMass)
    sink.put(leakedVolume)
    sink.put(leakedMass)
    sink.put(leakedSecondMass)
    sink.put(syringeVolume)
    sink.put(linePressure)
    sink.put(hubPressure)
    sink.put(tissuePressure)
    sink.put(needleFlow)
    sink.put(stepsDone)
    sink.put(plungerPosition)
    sink.put(thrust)
    sink.put(plasma)
    sink.put(secondPlasma)
    sink.put(stateOfCharge)
    sink.put(bubbleVolume)
    sink.put(isPlungerSlipping)
    sink.put(isLampLit)
    sink.put(isSounding)
    sink.put(loudness)
    sink.put(isPowerFailToneSounding)
  }
  /// Reads a truth.
  public init<Source: CanonicalSource>(from source: inout Source) {
    infusedVolume = source.takeDouble()
    infusedMass = source.takeDouble()
    infusedSecondMass = source.takeDouble()
    leakedVolume = source.takeDouble()
    leakedMass = source.takeDouble()
    leakedSecondMass = source.takeDouble()
    syringeVolume = source.takeDouble()
    linePressure = source.takeDouble()
    hubPressure = source.takeDouble()
    tissuePressure = source.takeDouble()
    needleFlow = source.takeDouble()
    stepsDone = source.takeInt64()
    plungerPosition = source.takeDouble()
    thrust = source.takeDouble()
    plasma = source.takeDouble()
    secondPlasma = source.takeDouble()
    stateOfCharge = source.takeDouble()
    bubbleVolume = source.takeDouble()
    isPlungerSlipping = source.takeBool()
    isLampLit = source.takeBool()
    isSounding = source.takeBool()
    loudness = source.takeDouble()
    isPowerFailToneSounding = source.takeBool()
  }
}
