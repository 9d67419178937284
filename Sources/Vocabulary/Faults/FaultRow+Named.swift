import PumpHAL
import PumpPlant

extension FaultRow {
  /// The row of a fault that has a name of its own; nil for a failing component.
  public static func named(_ kind: FaultKind) -> FaultRow? {
    switch kind {
    case .occlusion:
      FaultRow(
        kind, "occlusion", "flow is blocked, at once or little by little", ["F01", "F02", "F05"],
        [
          .site(),
          FaultKey(
            "remaining", .amount, .quantity(.whole, "0 %", "100 %"), "what remains of the flow",
            absent: "0 %", example: "5 %",
            FaultKey.Phrase("%", after: " left", scale: 100, decimals: 4, zero: "total"),
            of: " of the flow"),
          .over("the time in which it closes"),
        ])
    case .disconnection:
      FaultRow(
        kind, "disconnection", "the line has come off, or the needle is out of the skin", ["F10"],
        [.site()])
    case .leak:
      FaultRow(
        kind, "leak", "fluid runs to the outside", ["F25"],
        [
          .site(example: "line"),
          FaultKey(
            "conductance", .amount,
            .quantity(
              .microlitre / .second / .millimetreOfMercury, "0 µL/s/mmHg", "100 µL/s/mmHg",
              ends: "0 to 100 µL/s/mmHg"),
            "the conductance of the leak", example: "0.01 µL/s/mmHg",
            FaultKey.Phrase("µL/s/mmHg")),
        ])
    case .bubble:
      FaultRow(
        kind, "bubble", "air in the line, where it begins", ["F09"],
        [
          FaultKey(
            "volume", .amount, .quantity(.microlitre, "0 µL", "5 mL"), "the volume of the bubble",
            example: "100 µL", FaultKey.Phrase("µL"))
        ])
    case .stall: FaultRow(kind, "stall", "the motor does no step", ["F14"], [])
    case .lostSteps:
      FaultRow(
        kind, "lost-steps", "a share of the motor's steps is not done", ["F16"],
        [
          FaultKey(
            "fraction", .amount, .quantity(.whole, "0 %", "100 %"), "the fraction of steps lost",
            example: "5 %", .share)
        ])
    case .wrongSyringe:
      FaultRow(
        kind, "wrong-syringe", "another syringe is fitted than was confirmed",
        ["F04", "F19", "F20"],
        [
          FaultKey(
            "syringe", .amount, .syringe, "syringe", example: "terumo-20",
            FaultKey.Phrase("mm²", before: "bore "))
        ])
    case .forceOffset:
      FaultRow(
        kind, "force-offset", "the force cell reads too much or too little", ["F07"],
        [
          FaultKey(
            "force", .amount, .quantity(.newton, "-100 N", "100 N"), "the offset of the force",
            example: "2 N", FaultKey.Phrase("N"))
        ])
    case .forceStuck:
      FaultRow(kind, "force-stuck", "the force cell repeats its last value", ["F08"], [])
    case .encoderLoss:
      FaultRow(kind, "encoder-loss", "the encoder gives no counts and looks well", [], [])
    case .battery:
      FaultRow(
        kind, "battery", "the battery has so much charge left; cleared, it is a fresh one", ["F31"],
        [
          FaultKey(
            "charge", .amount, .quantity(.whole, "0 %", "100 %"), "the charge", example: "5 %",
            .share)
        ])
    case .powerLoss:
      FaultRow(
        kind, "power-loss", "the controller has no power for a time", ["F32"],
        [
          FaultKey(
            "duration", .amount, .quantity(.second, "10 ms", "24 h"), "the time without power",
            example: "10 s", FaultKey.Phrase("s"))
        ])
    case .sitePressed:
      FaultRow(
        kind, "site-pressed", "somebody leans on the site", ["F11"],
        [
          FaultKey(
            "factor", .amount, .whole(1...100), "the factor", example: "5",
            FaultKey.Phrase(nil, before: "resistance × "))
        ])
    case .height:
      FaultRow(
        kind, "height", "the pump hangs above the site, or below it", ["F12"],
        [
          FaultKey(
            "height", .amount, .quantity(.metre, "-2 m", "2 m"), "the height", example: "30 cm",
            FaultKey.Phrase("m"))
        ])
    case .tissuePressure:
      FaultRow(
        kind, "tissue-pressure", "the tissue is under pressure, or under suction", ["F06", "F11"],
        [
          FaultKey(
            "pressure", .amount, .quantity(.millimetreOfMercury, "-700 mmHg", "700 mmHg"),
            "the pressure in the tissue", example: "200 mmHg", FaultKey.Phrase("mmHg")),
          .over("the time in which it rises"),
        ])
    case .syringeRemoved:
      FaultRow(
        kind, "syringe-removed", "the syringe is taken out, its line still on it", ["F24"], [])
    case .component: nil
    }
  }
}
