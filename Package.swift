// swift-tools-version: 6.2
import PackageDescription

/// `TRUMPET_EMBEDDED=1` builds the portable core alone, as Embedded Swift.
let isEmbedded = Context.environment["TRUMPET_EMBEDDED"] != nil

/// `TRUMPET_CORE=1` leaves only the portable core and its tests, which build in seconds
/// (`--scratch-path .build-core`); for work on the core, and for mutation (`Scripts/mutate`).
let isCoreOnly = Context.environment["TRUMPET_CORE"] != nil

/// `TRUMPET_FUZZ=1` adds the fuzzers and instruments what they try (`Scripts/fuzz`).
let isFuzzing = Context.environment["TRUMPET_FUZZ"] != nil
// What is tried is internal, in a release build.
let fuzzing: [SwiftSetting] =
  isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])] : []
let fuzzLinking: [LinkerSetting] = [
  .unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])
]

let strict: [SwiftSetting] =
  fuzzing + [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]

/// The portable core compiles as ordinary Swift and as Embedded Swift; what the latter refuses is an
/// error in the former already.
let portable = strict + [.treatWarning("EmbeddedRestrictions", as: .error)]
let core: [SwiftSetting] =
  isEmbedded
  ? portable + [.enableExperimentalFeature("Embedded"), .unsafeFlags(["-wmo"])]
  : portable

let coreTargets: [Target] = [
  .target(name: "PumpHAL", swiftSettings: core),
  .target(name: "PumpFirmware", dependencies: ["PumpHAL"], swiftSettings: core),
  .target(name: "PumpMonitor", dependencies: ["PumpHAL"], swiftSettings: core),
  .target(name: "PumpPlant", dependencies: ["PumpHAL"], swiftSettings: core),
  .target(
    name: "PumpLoop", dependencies: ["PumpFirmware", "PumpHAL", "PumpMonitor"], swiftSettings: core),
  .target(name: "TickCodec", dependencies: ["PumpHAL"], swiftSettings: core),
  .target(name: "BoardProtocol", dependencies: ["PumpHAL"], swiftSettings: core),
  .target(
    name: "Conformance",
    dependencies: ["PumpFirmware", "PumpHAL", "PumpLoop", "PumpMonitor", "PumpPlant"],
    swiftSettings: core),
  .target(name: "CConformance"),
  .executableTarget(
    name: "ConformanceImage", dependencies: ["CConformance", "Conformance", "PumpHAL"],
    swiftSettings: core),
]

let hostTargets: [Target] = [
  .target(name: "Text", swiftSettings: strict),
  .target(name: "Host", swiftSettings: strict),
  // What the program carries with it, as it was at build time.
  .target(name: "CCatalogue"),
  .target(name: "CCompiler"),
  .target(name: "CPlots"),
  .target(
    name: "CoreSources", exclude: ["archive"], swiftSettings: strict, plugins: ["EmbedCoreSources"]),
  .plugin(name: "EmbedCoreSources", capability: .buildTool()),
  .target(
    name: "Vocabulary", dependencies: ["PumpHAL", "PumpPlant", "Text"], swiftSettings: strict),
  .target(
    name: "Catalogue",
    dependencies: [
      "CCatalogue", "PumpHAL", "PumpPlant", "Vocabulary", "Text",
      .product(name: "Yams", package: "Yams"),
    ],
    swiftSettings: strict),
  .target(
    name: "SessionFile",
    dependencies: [
      "Catalogue", "Host", "PumpHAL", "PumpPlant", "Text", "Vocabulary",
      .product(name: "Yams", package: "Yams"),
    ],
    swiftSettings: strict),
  .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
  .target(
    name: "SessionRecord",
    dependencies: [
      "CZstd", "Host", "PumpHAL", "Text", "TickCodec",
      .product(name: "Crypto", package: "swift-crypto"),
    ],
    swiftSettings: strict),
  .systemLibrary(
    name: "CSerialPort", pkgConfig: "libserialport", providers: [.apt(["libserialport-dev"])]),
  .target(
    name: "PumpSerial",
    dependencies: ["BoardProtocol", "CSerialPort", "PumpHAL", "PumpPlant"],
    swiftSettings: strict),
  .target(
    name: "Session",
    dependencies: [
      "BoardProtocol", "CCompiler", "CZstd", "Catalogue", "CoreSources", "Host", "PumpFirmware",
      "PumpHAL",
      "PumpLoop",
      "PumpMonitor", "PumpPlant", "PumpSerial", "SessionFile", "SessionRecord", "Vocabulary",
      "Story", "Text", .product(name: "Crypto", package: "swift-crypto"),
    ],
    swiftSettings: strict),
  .target(
    name: "Story",
    dependencies: ["Catalogue", "PumpHAL", "PumpPlant", "SessionRecord", "Text", "Vocabulary"],
    swiftSettings: strict),
  .target(
    name: "Procedures",
    dependencies: [
      "Catalogue", "Host", "PumpHAL", "PumpPlant", "PumpSerial", "Session", "SessionFile",
      "SessionRecord", "Story", "Text", "Vocabulary",
    ],
    swiftSettings: strict),
  .target(
    name: "Report",
    dependencies: [
      "CPlots", "Catalogue", "Host", "Procedures", "PumpHAL", "SessionRecord", "Story", "Text",
      "Vocabulary",
    ],
    swiftSettings: strict),
  .target(
    name: "Campaign",
    dependencies: [
      "Catalogue", "Host", "PumpHAL", "PumpPlant", "PumpSerial", "Session", "SessionFile",
      "SessionRecord", "Text", "Vocabulary",
    ],
    swiftSettings: strict),
  .executableTarget(
    name: "trumpet",
    dependencies: [
      "Campaign", "Catalogue", "Host", "Procedures", "PumpHAL", "PumpPlant", "PumpSerial", "Report",
      "Session", "SessionFile", "SessionRecord", "Story", "Text", "Vocabulary",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    swiftSettings: strict),
]

let coreTestTargets: [Target] = [
  .testTarget(name: "PumpHALTests", dependencies: ["PumpHAL"], swiftSettings: strict),
  .testTarget(
    name: "PumpFirmwareTests", dependencies: ["PumpFirmware", "PumpHAL"], swiftSettings: strict),
  .testTarget(
    name: "TickCodecTests", dependencies: ["PumpHAL", "SyntheticTicks", "TickCodec"],
    swiftSettings: strict),
  .testTarget(
    name: "PumpMonitorTests", dependencies: ["PumpHAL", "PumpMonitor"], swiftSettings: strict),
  .testTarget(
    name: "PumpPlantTests", dependencies: ["PumpHAL", "PumpPlant"], swiftSettings: strict),
  // Ticks as an infusion has them, and ticks that change anything at random.
  .target(
    name: "SyntheticTicks", dependencies: ["PumpHAL"], path: "Tests/SyntheticTicks",
    swiftSettings: strict),
  // Both channels on the plant under attack: a program of its own for long campaigns
  // (`Scripts/properties`), and what the tests of therapies stand on.
  .executableTarget(
    name: "TherapyAttack",
    dependencies: ["PumpFirmware", "PumpHAL", "PumpLoop", "PumpMonitor", "PumpPlant"],
    path: "Tests/TherapyAttack", swiftSettings: strict),
  .testTarget(
    name: "TherapyTests",
    dependencies: [
      "PumpFirmware", "PumpHAL", "PumpLoop", "PumpMonitor", "PumpPlant", "TherapyAttack",
    ],
    swiftSettings: strict),
  // Frames over a line that spoils every one: a program of its own for a million of them
  // (`Scripts/corruption`), and ten thousand in the tests.
  .executableTarget(
    name: "WireAttack", dependencies: ["BoardProtocol", "PumpHAL"], path: "Tests/WireAttack",
    swiftSettings: strict),
  .testTarget(
    name: "BoardProtocolTests", dependencies: ["BoardProtocol", "PumpHAL", "WireAttack"],
    swiftSettings: strict),
]

let testTargets: [Target] = [
  .testTarget(name: "TextTests", dependencies: ["Text"], swiftSettings: strict),
  .testTarget(name: "HostTests", dependencies: ["Host"], swiftSettings: strict),
  .testTarget(name: "LayoutTests", swiftSettings: strict),
  .testTarget(
    name: "CatalogueTests",
    dependencies: [
      "Catalogue", "PumpFirmware", "PumpHAL", "PumpPlant", "Vocabulary",
    ],
    swiftSettings: strict),
  .testTarget(
    name: "VocabularyTests",
    dependencies: ["PumpFirmware", "PumpHAL", "PumpPlant", "Vocabulary"],
    swiftSettings: strict),
  .testTarget(
    name: "SessionFileTests",
    dependencies: [
      "Catalogue", "PumpHAL", "PumpPlant", "SessionFile", "Vocabulary",
    ],
    exclude: ["Bad", "Good", "check-schema.py"],
    swiftSettings: strict),
  .testTarget(
    name: "SessionRecordTests",
    dependencies: ["Host", "PumpHAL", "SessionRecord", "SyntheticTicks", "Text", "TickCodec"],
    exclude: ["Fixtures"], swiftSettings: strict),
  // Uses a port in a process of its own: for the tests of libserialport, which a pseudo-terminal has
  // to be disguised for, and for the figure that is measured against a client in C.
  .target(name: "EchoClient", path: "Tests/EchoClient"),
  .executableTarget(
    name: "LinkExerciser",
    dependencies: ["BoardProtocol", "EchoClient", "PumpHAL", "PumpSerial"],
    path: "Tests/LinkExerciser", swiftSettings: strict),
  .testTarget(
    name: "PumpSerialTests",
    dependencies: ["BoardProtocol", "LinkExerciser", "PumpHAL", "PumpPlant", "PumpSerial"],
    exclude: ["Shim"], swiftSettings: strict),
  .testTarget(
    name: "SessionTests",
    dependencies: [
      "BoardProtocol", "Catalogue", "Host", "PumpFirmware", "PumpHAL", "PumpLoop", "PumpMonitor",
      "PumpPlant", "PumpSerial", "Session", "SessionFile", "SessionRecord", "Story", "Text",
      "TherapyAttack", "Vocabulary",
    ],
    exclude: ["Golden"], swiftSettings: strict),
  .testTarget(
    name: "StoryTests",
    dependencies: [
      "Catalogue", "PumpHAL", "PumpPlant", "Session", "SessionFile", "SessionRecord", "Story",
      "Text", "Vocabulary",
    ],
    exclude: ["Fixtures"], swiftSettings: strict),
  .testTarget(
    name: "ProceduresTests",
    dependencies: [
      "Story", "Catalogue", "Procedures", "PumpHAL", "PumpPlant", "PumpSerial", "Report",
      "Session", "SessionFile", "Vocabulary",
    ],
    swiftSettings: strict),
  .testTarget(
    name: "ReportTests",
    dependencies: [
      "PumpHAL", "PumpPlant", "Report", "Session", "SessionFile", "SessionRecord", "Story", "Text",
    ],
    swiftSettings: strict),
  .testTarget(
    name: "CampaignTests",
    dependencies: [
      "Campaign", "Catalogue", "PumpHAL", "PumpPlant", "Session", "SessionFile", "Vocabulary",
    ],
    swiftSettings: strict),
  .testTarget(name: "trumpetTests", dependencies: ["trumpet"], swiftSettings: strict),
]

let fuzzTargets: [Target] = [
  .target(name: "FuzzDriver", path: "Tests/Fuzzing/FuzzDriver", swiftSettings: strict),
  .executableTarget(
    name: "RecordFuzzer", dependencies: ["FuzzDriver", "SessionRecord"],
    path: "Tests/Fuzzing/RecordFuzzer", swiftSettings: strict, linkerSettings: fuzzLinking),
  .executableTarget(
    name: "BoardFuzzer",
    dependencies: ["BoardProtocol", "FuzzDriver", "PumpHAL", "PumpPlant", "PumpSerial"],
    path: "Tests/Fuzzing/BoardFuzzer", swiftSettings: strict, linkerSettings: fuzzLinking),
  .executableTarget(
    name: "NewEraFuzzer", dependencies: ["FuzzDriver", "PumpSerial"],
    path: "Tests/Fuzzing/NewEraFuzzer", swiftSettings: strict, linkerSettings: fuzzLinking),
  .executableTarget(
    name: "BalanceFuzzer", dependencies: ["FuzzDriver", "PumpSerial"],
    path: "Tests/Fuzzing/BalanceFuzzer", swiftSettings: strict, linkerSettings: fuzzLinking),
]

let package = Package(
  name: "Trumpet",
  products: isEmbedded || isCoreOnly ? [] : [.executable(name: "trumpet", targets: ["trumpet"])],
  dependencies: isEmbedded || isCoreOnly
    ? []
    : [
      .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
      .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
      .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
  targets: isEmbedded
    ? coreTargets
    : coreTargets + coreTestTargets
      + (isCoreOnly ? [] : hostTargets + testTargets) + (isFuzzing ? fuzzTargets : []),
  cLanguageStandard: .gnu2x
)
