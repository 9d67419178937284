// Which way imports point, and what the portable core does without.

import Foundation
import Testing

@Suite("The house")
struct HouseTests {
  private let house: House

  init() throws { house = try House() }

  @Test("Every target with Swift in it stands in the table of Docs/Architecture.md, once")
  func table() {
    let folders = Set(Tree.sources.map { String($0.path.split(separator: "/")[1]) })
    #expect(Set(house.targets) == folders)
    #expect(house.targets.count == folders.count)
    #expect(house.portable.first == "PumpHAL" && house.portable.count >= 7)
  }

  @Test("A target imports only what stands above it")
  func upwards() {
    for (place, target) in house.targets.enumerated() {
      for file in Tree.swift(in: target) {
        for module in file.imports {
          guard let other = house.targets.firstIndex(of: module) else { continue }
          #expect(other < place, "\(file.path): \(target) may not import \(module)")
        }
      }
    }
  }

  @Test("Controller, monitor and plant know PumpHAL and nothing else, and PumpHAL nothing at all")
  func channels() {
    for (target, allowed) in [
      ("PumpHAL", []), ("PumpFirmware", ["PumpHAL"]), ("PumpMonitor", ["PumpHAL"]),
      ("PumpPlant", ["PumpHAL"]), ("TickCodec", ["PumpHAL"]), ("BoardProtocol", ["PumpHAL"]),
      ("PumpLoop", ["PumpFirmware", "PumpHAL", "PumpMonitor"]),
    ] as [(String, Set<String>)] {
      let files = Tree.swift(in: target)
      #expect(!files.isEmpty, "\(target)")
      for file in files {
        let strange = Set(file.imports).subtracting(allowed)
        #expect(strange.isEmpty, "\(file.path): \(target) may not import \(strange.sorted())")
      }
    }
  }

  @Test("The portable core has no Foundation, C library, existential, assert or hashing")
  func portable() throws {
    let libraries: Set = [
      "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl",
      "Synchronization",
    ]
    for target in house.portable {
      for file in Tree.swift(in: target) {
        let used = libraries.intersection(file.imports)
        #expect(used.isEmpty, "\(file.path): \(used.sorted())")
        let refused = try file.places(
          of: #"\bany [A-Z]|try!|\bassert\(|\bHasher\b|\bSet<|\[[A-Za-z]+ *: *[A-Za-z]+\]\("#)
        #expect(refused.isEmpty, "\(refused)")
      }
    }
  }

  @Test("One door: two channels take an input, and only the control loop steps them")
  func door() throws {
    var doors: [String] = []
    for file in Tree.sources {
      doors += try file.places(of: #"mutating func step\(_ input: TickInput\)"#)
      if file.path.hasPrefix("Sources/PumpLoop/") { continue }
      let past = try file.places(of: #"(controller|monitor|channel|guardian)\w*[?!]?\.step\("#)
      #expect(past.isEmpty, "\(past)")
    }
    #expect(doors.count == 2, "\(doors)")
  }
}
