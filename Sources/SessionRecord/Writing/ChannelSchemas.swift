import PumpHAL
import TickCodec

// What stands on the channels for people: the JSON and, beside it, the schema that describes it.

extension RecordChannel {
  var schemaName: String {
    switch self {
    case .blocks, .seals, .checkpoints, .snapshots, .wireSent, .wireReceived: messageEncoding
    case .events: "trumpet.Event"
    case .telemetry: "trumpet.Telemetry"
    case .truth: "trumpet.Truth"
    case .manifest: "trumpet.Manifest"
    }
  }

  var schemaEncoding: String { messageEncoding == "json" ? "jsonschema" : "" }

  var schemaText: String {
    switch self {
    case .blocks, .seals, .checkpoints, .snapshots, .wireSent, .wireReceived: ""
    case .events: eventSchema
    case .telemetry: telemetrySchema
    case .truth: truthSchema
    case .manifest: manifestSchema
    }
  }
}

/// An object schema, a property a line: name, type, description.
private func objectSchema(_ title: String, _ properties: [(String, String, String)]) -> String {
  let lines = properties.map { name, type, description in
    let type =
      switch type {
      case "numbers": "\"array\",\"items\":{\"type\":\"integer\"}"
      case "objects": "\"array\",\"items\":{\"type\":\"object\"}"
      case "text or null": "[\"string\",\"null\"]"
      case "object or null": "[\"object\",\"null\"]"
      case "texts": "\"array\",\"items\":{\"type\":\"string\"}"
      default: "\"\(type)\""
      }
    return "\"\(name)\":{\"type\":\(type),\"description\":\"\(description)\"}"
  }
  return "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"\(title)\","
    + "\"type\":\"object\",\"properties\":{\n" + lines.joined(separator: ",\n") + "\n}}\n"
}

private let eventSchema = objectSchema(
  "trumpet.Event",
  [
    ("t_s", "number", "session time, s"),
    ("kind", "string", SessionEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")),
    ("name", "string", "what, in the words of a session file"),
    ("number", "integer", "number of the alarm, mode or fault"),
    ("priority", "string", "priority of an alarm"),
    ("role", "string", "who did it"),
    ("outcome", "string", "what became of a command"),
    ("text", "string", "one line for people"),
    ("amount", "number", "what was found at a disposal, in unit"),
    ("unit", "string", "unit of amount: mL or mg"),
    ("witnesses", "texts", "who saw the disposal"),
  ])

private let telemetrySchema = objectSchema(
  "trumpet.Telemetry",
  [
    ("t_s", "number", "session time, s"),
    ("mode", "string", "what the pump is doing"),
    ("flow_mL_h", "number", "flow commanded now"),
    ("programme_mL_h", "number", "flow the programme asks for"),
    ("pressure_mmHg", "number", "pressure estimated from the force cell"),
    ("force_N", "number", "force at the plunger"),
    ("motor_mA", "number", "motor current"),
    ("battery_V", "number", "battery voltage"),
    ("dispensed_mL", "number", "dispensed to the patient"),
    ("dispensed_mg", "number", "dispensed to the patient, drug 0"),
    ("primed_mL", "number", "primed into the line"),
    ("retracted_mL", "number", "drawn back"),
    ("reservoir_mL", "number", "left in the syringe"),
    ("programme_left_s", "number", "programme time left"),
    ("time_to_alarm_s", "number", "predicted time from an occlusion now to its alarm"),
    ("counted_1h_mg", "number", "counted in the last hour, drug 0"),
    ("counted_4h_mg", "number", "counted in the last four hours, drug 0"),
    ("counted_24h_mg", "number", "counted in the last day, drug 0"),
    ("lockout_left_s", "number", "time until the next patient bolus"),
    ("alarms", "numbers", "numbers of the alarm signals"),
    ("second_dispensed_mg", "number", "dispensed to the patient, drug 1; only with a mixture"),
    ("second_counted_1h_mg", "number", "counted in the last hour, drug 1; only with a mixture"),
    (
      "second_counted_4h_mg", "number",
      "counted in the last four hours, drug 1; only with a mixture"
    ),
    ("second_counted_24h_mg", "number", "counted in the last day, drug 1; only with a mixture"),
  ])

private let truthSchema = objectSchema(
  "trumpet.Truth",
  [
    ("t_s", "number", "session time, s"),
    ("infused_mL", "number", "reached the tissue"),
    ("infused_mg", "number", "reached the tissue, drug 0"),
    ("leaked_mL", "number", "leaked to the outside"),
    ("needle_mL_h", "number", "flow through the needle"),
    ("syringe_mL", "number", "left in the syringe"),
    ("line_mmHg", "number", "pressure in syringe and line"),
    ("hub_mmHg", "number", "pressure at the needle's hub"),
    ("tissue_mmHg", "number", "pressure in the tissue"),
    ("plasma_ng_mL", "number", "plasma concentration, drug 0"),
    ("charge", "number", "charge left in the battery, 0 to 1"),
    ("bubble_uL", "number", "air in the line at ambient pressure"),
    ("plunger_mm", "number", "position of the plunger"),
    ("second_infused_mg", "number", "reached the tissue, drug 1; only with a mixture"),
    ("second_plasma_ng_mL", "number", "plasma concentration, drug 1; only with a mixture"),
  ])

private let manifestSchema = objectSchema(
  "trumpet.Manifest",
  [
    ("format", "string", "trumpet.record.v1"),
    ("session", "string", "id of the session, 32 hexadecimal digits"),
    ("key", "text or null", "verifying key of the signatures"),
    ("previous", "object or null", "last seal of the record that this one goes on from"),
    ("profile", "string", "as in the header"),
    ("library", "string", "as in the header"),
    ("schemas", "objects", "name, encoding, sha256"),
    ("channels", "objects", "topic, messageEncoding, schema"),
    ("metadata", "objects", "name, sha256"),
    ("attachments", "objects", "name, mediaType, bytes, sha256"),
  ])

/// Session time of a tick, s.
private func seconds(_ tick: Int64) -> Double { Double(tick) / Double(ticksPerSecond) }

extension SessionEvent {
  func appendJSON(to buffer: inout ByteBuffer, atTick tick: Int64) {
    var json = JSONObject(&buffer)
    json.put("t_s", seconds(tick), decimals: 2, to: &buffer)
    json.put("kind", kind.rawValue, to: &buffer)
    json.put("name", name, to: &buffer)
    json.put("number", number, to: &buffer)
    json.put("priority", priority, to: &buffer)
    json.put("role", role, to: &buffer)
    json.put("outcome", outcome, to: &buffer)
    json.put("text", text, to: &buffer)
    json.put("amount", amount, decimals: 6, to: &buffer)
    json.put("unit", unit, to: &buffer)
    json.put("witnesses", witnesses, to: &buffer)
    json.end(&buffer)
  }
}

extension TelemetrySample {
  func appendJSON(to buffer: inout ByteBuffer, atTick tick: Int64) {
    var json = JSONObject(&buffer)
    json.put("t_s", seconds(tick), decimals: 2, to: &buffer)
    json.put("mode", mode, to: &buffer)
    json.put("flow_mL_h", flowMillilitresPerHour, decimals: 6, to: &buffer)
    json.put("programme_mL_h", programmeFlowMillilitresPerHour, decimals: 6, to: &buffer)
    json.put("pressure_mmHg", pressureMmHg, decimals: 1, to: &buffer)
    json.put("force_N", forceNewtons, decimals: 3, to: &buffer)
    json.put("motor_mA", motorCurrentMilliamperes, decimals: 1, to: &buffer)
    json.put("battery_V", batteryVolts, decimals: 3, to: &buffer)
    json.put("dispensed_mL", dispensedMillilitres, decimals: 6, to: &buffer)
    json.put("dispensed_mg", dispensedMilligrams, decimals: 6, to: &buffer)
    json.put("primed_mL", primedMillilitres, decimals: 6, to: &buffer)
    json.put("retracted_mL", retractedMillilitres, decimals: 6, to: &buffer)
    json.put("reservoir_mL", reservoirMillilitres, decimals: 6, to: &buffer)
    json.put("programme_left_s", programmeLeftSeconds, decimals: 2, to: &buffer)
    json.put("time_to_alarm_s", timeToAlarmSeconds, decimals: 0, to: &buffer)
    json.put("counted_1h_mg", countedInHourMilligrams, decimals: 6, to: &buffer)
    json.put("counted_4h_mg", countedInFourHoursMilligrams, decimals: 6, to: &buffer)
    json.put("counted_24h_mg", countedInDayMilligrams, decimals: 6, to: &buffer)
    json.put("lockout_left_s", lockoutLeftSeconds, decimals: 2, to: &buffer)
    json.put("alarms", bits: alarms.bits, to: &buffer)
    if let second {
      json.put("second_dispensed_mg", second.dispensedMilligrams, decimals: 6, to: &buffer)
      json.put("second_counted_1h_mg", second.countedInHourMilligrams, decimals: 6, to: &buffer)
      json.put(
        "second_counted_4h_mg", second.countedInFourHoursMilligrams, decimals: 6, to: &buffer)
      json.put("second_counted_24h_mg", second.countedInDayMilligrams, decimals: 6, to: &buffer)
    }
    json.end(&buffer)
  }
}

extension TruthSample {
  func appendJSON(to buffer: inout ByteBuffer, atTick tick: Int64) {
    var json = JSONObject(&buffer)
    json.put("t_s", seconds(tick), decimals: 2, to: &buffer)
    json.put("infused_mL", infusedMillilitres, decimals: 6, to: &buffer)
    json.put("infused_mg", infusedMilligrams, decimals: 6, to: &buffer)
    json.put("leaked_mL", leakedMillilitres, decimals: 6, to: &buffer)
    json.put("needle_mL_h", needleFlowMillilitresPerHour, decimals: 6, to: &buffer)
    json.put("syringe_mL", syringeMillilitres, decimals: 6, to: &buffer)
    json.put("line_mmHg", linePressureMmHg, decimals: 3, to: &buffer)
    json.put("hub_mmHg", hubPressureMmHg, decimals: 3, to: &buffer)
    json.put("tissue_mmHg", tissuePressureMmHg, decimals: 3, to: &buffer)
    json.put("plasma_ng_mL", plasmaNanogramsPerMillilitre, decimals: 4, to: &buffer)
    json.put("charge", charge, decimals: 6, to: &buffer)
    json.put("bubble_uL", bubbleMicrolitres, decimals: 3, to: &buffer)
    json.put("plunger_mm", plungerMillimetres, decimals: 6, to: &buffer)
    if let infusedSecondMilligrams, let secondPlasmaNanogramsPerMillilitre {
      json.put("second_infused_mg", infusedSecondMilligrams, decimals: 6, to: &buffer)
      json.put(
        "second_plasma_ng_mL", secondPlasmaNanogramsPerMillilitre, decimals: 4, to: &buffer)
    }
    json.end(&buffer)
  }
}
