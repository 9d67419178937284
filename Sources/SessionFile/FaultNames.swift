import PumpPlant

extension FaultKind {
  /// The name that session files and records use.
  public var name: String {
    switch self {
    case .occlusion: "occlusion"
    case .disconnection: "disconnection"
    case .leak: "leak"
    case .bubble: "bubble"
    case .stall: "stall"
    case .lostSteps: "lost-steps"
    case .wrongSyringe: "wrong-syringe"
    case .forceOffset: "force-offset"
    case .forceStuck: "force-stuck"
    case .encoderLoss: "encoder-loss"
    case .battery: "battery"
    case .powerLoss: "power-loss"
    case .sitePressed: "site-pressed"
    case .height: "height"
    }
  }
}

extension FluidSite {
  /// The name that session files and records use.
  public var name: String {
    switch self {
    case .needle: "needle"
    case .line: "line"
    }
  }
}
