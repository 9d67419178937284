import Foundation
import Testing

@testable import Campaign

@Suite("Mistakes in a campaign file")
struct CampaignFileTests {

  static func answer(_ rest: String) -> String {
    refusal("title: t\n" + minuteSession + rest) ?? ""
  }

  @Test(
    "Each is told with its place, what is wrong and what would be right",
    arguments: [
      ("", "campaign.yaml:1:1: the campaign has no `vary`; write `vary: {"),
      (
        "vary: { seed: [1, 2] }\nvari: 1",
        "11:1: the campaign has no key `vari`; did you mean `vary`?"
      ),
      ("vary: [1]", "10:7: `vary` is a list, not a mapping"),
      (
        "vary: { seed: 1 }",
        "10:15: `seed` is a text, not a list of values; write `[a, b]`, or `1..300`"
      ),
      ("vary: { sed: [1] }", "10:9: a session has no `sed`; did you mean `seed`?"),
      (
        "vary: { reservoir.sringe: [a] }",
        "10:9: `reservoir` has no `sringe`; did you mean `syringe`?"
      ),
      ("vary: { seed.of: [1] }", "10:9: `seed` has no `of`; end the path before it"),
      ("vary: { \"seed[0]\": [1] }", "is no list; write the path without the brackets"),
      ("vary: { \"programme[x]\": [1] }", "10:9: `programme[x]` is no path of a parameter"),
      ("vary: { \"events[+].at\": [1] }", "10:9: `events[+].at` is no path of a parameter"),
      (
        "vary: { \"programme[1].basal\": [1 mL/h for 1 h] }",
        "`programme[1].basal` cannot be set: the list has 1 entries, counted from 0"
      ),
      (
        "vary: { \"patient.mass\": [1 kg], patient: [ { mass: 2 kg } ] }",
        "10:44: `patient` would undo `patient.mass` of `patient.mass`"
      ),
      ("vary: { seed: [1, 1] }", "10:19: `seed` has `1` twice; leave one out"),
      ("vary: { seed: 3..1 }", "10:15: `3..1` is no range of whole numbers; write `1..300`"),
      ("vary: { seed: 1..999999 }", "10:15: `1..999999` is no range of whole numbers"),
      (
        "vary: { seed: 1..1000, patient.mass: 1..1000 }",
        "10:1: the lists have more than 100000 com"
      ),
      (
        "vary: { g: { with: { seed: [1, 2], duration: [1 h] } } }",
        "`duration` has 1 values, `seed` has 2; write as many values for each"
      ),
      ("vary: { g: { wit: {} } }", "`g` is neither a list of values nor a group of them"),
      ("vary: { g: { variants: { a: 1 } } }", "the variant `a` is a text, not a mapping"),
      (
        "vary: { seed: [1] }\nexclude: [ { sed: 1 } ]",
        "11:14: `sed` is no list under `vary`; did you mean `seed`?"
      ),
      (
        "vary: { seed: [1] }\nexclude: [ { seed: 2 } ]",
        "11:20: `seed` has no value `2`; write one of `1`"
      ),
      ("vary: { seed: [1] }\nexclude: [ { because: x } ]", "11:12: no list is named"),
      (
        "vary: { seed: [1] }\nexpect: [ { noAlarm: any-hihg } ]",
        "11:22: `any-hihg` is no alarm; did you mean `any-high`?"
      ),
      (
        "vary: { seed: [1] }\nexpect: [ { ends: complete, when: { seed: 9 } } ]",
        "`seed` has no value `9`"
      ),
      ("vary: { seed: [1] }\ntwin: { seed: [1] , x: 1 }", "`x` is no list under `vary`"),
      (
        "vary: { seed: 1..2 }\ntwin: { seed: [1, 2] }", "`twin` does not name one value of one list"
      ),
      ("vary: { seed: [1] }\nrefused: no", "11:10: `no` is no answer to a refused cell"),
      ("vary: { seed: [1] }\nset: [1]", "11:6: `set` is a list, not a mapping"),
    ])
  func told(_ rest: String, _ expected: String) {
    let answer = Self.answer(rest)
    #expect(answer.contains(expected), "\(answer)")
  }

  @Test("A session that is not there, or is none, is told at its place")
  func base() throws {
    let missing = refusal("title: t\nsession: no-such.yaml\nvary: { seed: [1] }")
    #expect(
      missing
        == "campaign.yaml:2:10: no-such.yaml: there is no such file; give the path of a session file"
        + " as seen from this file")
    let broken = FileManager.default.temporaryDirectory
      .appending(path: "broken-\(UUID().uuidString).yaml")
    try "a: [".write(to: broken, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: broken) }
    let answer = refusal("title: t\nsession: \(broken.path)\nvary: { seed: [1] }") ?? ""
    #expect(answer.contains("campaign.yaml:2:10: \(broken.path):"))
    #expect(answer.hasSuffix("mend that file first"))
  }

  @Test("A file that is not there is told apart from one with mistakes")
  func noFile() {
    do throws(CampaignFileError) {
      _ = try CampaignDescription(contentsOf: "/no/such/campaign.yaml")
      Issue.record("it was taken")
    } catch {
      #expect(error.isMissing)
      #expect(error.description.contains("give the path of a campaign file"))
    }
  }

  @Test("Every campaign of the documentation can be read, and its cells are sessions")
  func documentation() throws {
    let files =
      Repository.files(in: "Docs/Examples/campaigns")
      + ["Docs/SingleFaults/campaign.yaml", "Docs/FalseAlarms/campaign.yaml"].map(Repository.path)
    #expect(files.count >= 5)
    for file in files {
      let campaign = try CampaignDescription(contentsOf: file)
      #expect(campaign.cells.allSatisfy { !$0.sessionText.isEmpty }, "\(file)")
    }
  }
}
