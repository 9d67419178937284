import Catalogue
import PumpHAL
import PumpPlant
import Vocabulary

extension Reading {
  /// A fault that has a name of its own.
  func faultEvent(_ tree: Tree, _ entries: [Tree.Entry]) -> (Ticks, SessionEventKind)? {
    guard let value = value(of: "fault", in: entries),
      let kind = choice(value, "fault", among: FaultKind.named.map { ($0.name, $0) }),
      let section = section(
        tree, "the fault `\(kind.name)`", keys: FormatKeys.fault + kind.parameters,
        example: "{ at: 6 h, fault: \(kind.name) }")
    else { return nil }
    let at = time(section)
    let fault = fault(kind, section)
    let lasting = lasting(section)
    guard lasting.isRead, let at, let fault else { return nil }
    return (at, .inject(fault, lasting: lasting.time))
  }

  /// `for`, where it is given; `isRead` is false where it is wrong.
  func lasting(_ section: Section) -> (isRead: Bool, time: Ticks?) {
    guard let tree = section["for"] else { return (true, nil) }
    let time: Ticks? = quantity(
      tree, "the time for which it lasts", in: Ticks(count: 1)...Ticks(count: 259_200_000),
      ends: "10 ms to 30 d", example: "10 min")
    return (time != nil, time)
  }

  func fault(_ kind: FaultKind, _ section: Section) -> Fault? {
    switch kind {
    case .occlusion:
      let site = site(section)
      let remaining = section["remaining"].map {
        share($0, "what remains of the flow", example: "10 %")
      }
      let ramp = section["over"].map {
        number(
          $0, "the time in which it closes", in: .second, range: 0...86_400, ends: "0 s to 24 h",
          example: "5 min")
      }
      guard let site, let remaining = remaining ?? 0, let ramp = ramp ?? 0 else { return nil }
      return .occlusion(site: site, remaining: remaining, ramp: ramp)
    case .disconnection: return site(section).map { .disconnection(site: $0) }
    case .leak:
      let site = site(section)
      let conductance = parameter(
        section, "conductance", "the conductance of the leak",
        in: .microlitre / .second / .millimetreOfMercury, range: 0...100,
        ends: "0 to 100 µL/s/mmHg", example: "0.01 µL/s/mmHg")
      guard let site, let conductance else { return nil }
      return .leak(site: site, conductance: conductance)
    case .bubble:
      return parameter(
        section, "volume", "the volume of the bubble", in: .microlitre, range: 0...5000,
        ends: "0 µL to 5 mL", example: "100 µL"
      ).map { .bubble(volume: $0) }
    case .stall: return .stall
    case .lostSteps:
      return parameter(
        section, "fraction", "the fraction of steps lost", in: .whole, range: 0...1,
        ends: "0 % to 100 %", example: "5 %"
      ).map { .lostSteps(fraction: $0) }
    case .wrongSyringe:
      return section.required("syringe", example: "syringe: terumo-20").flatMap {
        entry($0, "syringe", in: catalogue.syringes)
      }.map { .wrongSyringe(boreArea: $0.value.boreAreaSquareMillimetres) }
    case .forceOffset:
      return parameter(
        section, "force", "the offset of the force", in: .newton, range: -100...100,
        ends: "-100 N to 100 N", example: "2 N"
      ).map { .forceOffset(newtons: $0) }
    case .forceStuck: return .forceStuck
    case .encoderLoss: return .encoderLoss
    case .battery:
      return parameter(
        section, "charge", "the charge", in: .whole, range: 0...1, ends: "0 % to 100 %",
        example: "5 %"
      ).map { .battery(charge: $0) }
    case .powerLoss:
      return parameter(
        section, "duration", "the time without power", in: .second, range: 0.01...86_400,
        ends: "10 ms to 24 h", example: "10 s"
      ).map { .powerLoss(duration: $0) }
    case .sitePressed:
      return section.required("factor", example: "factor: 5").flatMap {
        wholeNumber($0, "the factor", in: 1...100, example: "factor: 5")
      }.map { .sitePressed(factor: Double($0)) }
    case .height:
      return section.required("height", example: "height: 30 cm").flatMap { height($0) }
        .map { .height(metres: $0) }
    case .tissuePressure:
      let pressure = parameter(
        section, "pressure", "the pressure in the tissue", in: .millimetreOfMercury,
        range: -700...700, ends: "-700 mmHg to 700 mmHg", example: "200 mmHg")
      let ramp = section["over"].map {
        number(
          $0, "the time in which it rises", in: .second, range: 0...86_400, ends: "0 s to 24 h",
          example: "5 min")
      }
      guard let pressure, let ramp = ramp ?? 0 else { return nil }
      return .tissuePressure(mmHg: pressure, ramp: ramp)
    case .syringeRemoved: return .syringeRemoved
    case .component: return nil
    }
  }

  private func parameter(
    _ section: Section, _ key: String, _ name: String, in unit: PhysicalUnit,
    range: ClosedRange<Double>, ends: String, example: String
  ) -> Double? {
    section.required(key, example: "\(key): \(example)").flatMap {
      number($0, name, in: unit, range: range, ends: ends, example: example)
    }
  }

  func site(_ section: Section) -> FluidSite? {
    guard let tree = section["site"] else { return .needle }
    return choice(tree, "site", among: FluidSite.allCases.map { ($0.name, $0) })
  }
}

extension FaultKind {
  /// The keys that its event has besides `at` and `fault`.
  var parameters: [String] {
    own + (canEnd ? ["for"] : [])
  }

  private var own: [String] {
    switch self {
    case .occlusion: ["site", "remaining", "over"]
    case .disconnection: ["site"]
    case .leak: ["site", "conductance"]
    case .bubble: ["volume"]
    case .stall, .forceStuck, .encoderLoss, .syringeRemoved, .component: []
    case .lostSteps: ["fraction"]
    case .wrongSyringe: ["syringe"]
    case .forceOffset: ["force"]
    case .battery: ["charge"]
    case .powerLoss: ["duration"]
    case .sitePressed: ["factor"]
    case .height: ["height"]
    case .tissuePressure: ["pressure", "over"]
    }
  }
}
