import Synchronization

/// The pan of an emulated balance, into whose vessel an emulated pump delivers.
///
/// The pump's thread lets time pass on it, tick by tick, so that what is weighed does not depend on
/// how fast the pump's world runs; the balance's thread reads it.
public final class WeighingPan: Sendable {
  private struct Contents {
    var model: BalanceModel
    /// What the pump has delivered since its world began, µL.
    var delivered = 0.0
  }
  private let contents: Mutex<Contents>

  /// A balance that was just switched on.
  public init(_ parameters: BalanceParameters) {
    contents = Mutex(Contents(model: BalanceModel(parameters)))
  }

  /// The length of a tick, s.
  static let tick = 0.01

  /// One tick of the pump's, at whose end it has delivered so much since its world began, µL.
  ///
  /// What leaves by the needle falls into the vessel: `PlantTruth.infusedVolume`.
  public func tick(delivered: Double) {
    contents.withLock { contents in
      contents.model.advance(seconds: Self.tick, adding: delivered - contents.delivered)
      contents.delivered = delivered
    }
  }

  /// One tick in which no pump delivers.
  public func tick() {
    contents.withLock { $0.model.advance(seconds: Self.tick, adding: 0) }
  }

  /// The pump's world begins anew, with nothing delivered; what is in the vessel stays in it.
  public func beginWorld() { contents.withLock { $0.delivered = 0 } }

  /// The balance as it is now.
  public var model: BalanceModel { contents.withLock { $0.model } }

  /// Asks or changes the balance.
  func withModel<Result: Sendable>(_ body: (inout BalanceModel) -> sending Result) -> Result {
    contents.withLock { body(&$0.model) }
  }
}
