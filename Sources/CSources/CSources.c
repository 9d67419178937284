// Written by Scripts/sources; do not edit.
// The portable core's files are embedded, so that a record can carry what its firmware was built
// from. The compiler's dependency file names them: a change rebuilds this file.
#include "CSources.h"

static const unsigned char file_0[] = {
#embed "../../LICENSE"
};
static const unsigned char file_1[] = {
#embed "../../Sources/CSources/archive/Package.swift.txt"
};
static const unsigned char file_2[] = {
#embed "../../Sources/CSources/archive/README.txt"
};
static const unsigned char file_3[] = {
#embed "../../Sources/BoardProtocol/ActuatePayload.swift"
};
static const unsigned char file_4[] = {
#embed "../../Sources/BoardProtocol/Dictionary.swift"
};
static const unsigned char file_5[] = {
#embed "../../Sources/BoardProtocol/FrameCodec.swift"
};
static const unsigned char file_6[] = {
#embed "../../Sources/BoardProtocol/FrameFormat.swift"
};
static const unsigned char file_7[] = {
#embed "../../Sources/BoardProtocol/Payloads.swift"
};
static const unsigned char file_8[] = {
#embed "../../Sources/BoardProtocol/SenseGroups+Coding.swift"
};
static const unsigned char file_9[] = {
#embed "../../Sources/BoardProtocol/SensePayload.swift"
};
static const unsigned char file_10[] = {
#embed "../../Sources/BoardProtocol/World.swift"
};
static const unsigned char file_11[] = {
#embed "../../Sources/PumpFirmware/AccessControl.swift"
};
static const unsigned char file_12[] = {
#embed "../../Sources/PumpFirmware/AirWatch.swift"
};
static const unsigned char file_13[] = {
#embed "../../Sources/PumpFirmware/AlarmManager.swift"
};
static const unsigned char file_14[] = {
#embed "../../Sources/PumpFirmware/AnnunciatorWatch.swift"
};
static const unsigned char file_15[] = {
#embed "../../Sources/PumpFirmware/BatteryWatch.swift"
};
static const unsigned char file_16[] = {
#embed "../../Sources/PumpFirmware/CarriageWatch.swift"
};
static const unsigned char file_17[] = {
#embed "../../Sources/PumpFirmware/ClockWatch.swift"
};
static const unsigned char file_18[] = {
#embed "../../Sources/PumpFirmware/Controller+Canonical.swift"
};
static const unsigned char file_19[] = {
#embed "../../Sources/PumpFirmware/Controller+Commands.swift"
};
static const unsigned char file_20[] = {
#embed "../../Sources/PumpFirmware/Controller+Journal.swift"
};
static const unsigned char file_21[] = {
#embed "../../Sources/PumpFirmware/Controller+Mixture.swift"
};
static const unsigned char file_22[] = {
#embed "../../Sources/PumpFirmware/Controller+Motion.swift"
};
static const unsigned char file_23[] = {
#embed "../../Sources/PumpFirmware/Controller+Output.swift"
};
static const unsigned char file_24[] = {
#embed "../../Sources/PumpFirmware/Controller+Reminders.swift"
};
static const unsigned char file_25[] = {
#embed "../../Sources/PumpFirmware/Controller+SetUp.swift"
};
static const unsigned char file_26[] = {
#embed "../../Sources/PumpFirmware/Controller+Telemetry.swift"
};
static const unsigned char file_27[] = {
#embed "../../Sources/PumpFirmware/Controller.swift"
};
static const unsigned char file_28[] = {
#embed "../../Sources/PumpFirmware/Conversions.swift"
};
static const unsigned char file_29[] = {
#embed "../../Sources/PumpFirmware/CurrentCheck.swift"
};
static const unsigned char file_30[] = {
#embed "../../Sources/PumpFirmware/Delivery.swift"
};
static const unsigned char file_31[] = {
#embed "../../Sources/PumpFirmware/Detectors.swift"
};
static const unsigned char file_32[] = {
#embed "../../Sources/PumpFirmware/DoseCap.swift"
};
static const unsigned char file_33[] = {
#embed "../../Sources/PumpFirmware/DriveSupervision.swift"
};
static const unsigned char file_34[] = {
#embed "../../Sources/PumpFirmware/FlowWatch.swift"
};
static const unsigned char file_35[] = {
#embed "../../Sources/PumpFirmware/IntegrityCheck.swift"
};
static const unsigned char file_36[] = {
#embed "../../Sources/PumpFirmware/Journal.swift"
};
static const unsigned char file_37[] = {
#embed "../../Sources/PumpFirmware/JournalMark.swift"
};
static const unsigned char file_38[] = {
#embed "../../Sources/PumpFirmware/LineOpenWatch.swift"
};
static const unsigned char file_39[] = {
#embed "../../Sources/PumpFirmware/Occlusion.swift"
};
static const unsigned char file_40[] = {
#embed "../../Sources/PumpFirmware/Orders.swift"
};
static const unsigned char file_41[] = {
#embed "../../Sources/PumpFirmware/PrescribedDrug.swift"
};
static const unsigned char file_42[] = {
#embed "../../Sources/PumpFirmware/Prescription+Check.swift"
};
static const unsigned char file_43[] = {
#embed "../../Sources/PumpFirmware/Prescription.swift"
};
static const unsigned char file_44[] = {
#embed "../../Sources/PumpFirmware/RestartLimit.swift"
};
static const unsigned char file_45[] = {
#embed "../../Sources/PumpFirmware/RolePermissions.swift"
};
static const unsigned char file_46[] = {
#embed "../../Sources/PumpFirmware/SelfTest.swift"
};
static const unsigned char file_47[] = {
#embed "../../Sources/PumpFirmware/SoftLimits.swift"
};
static const unsigned char file_48[] = {
#embed "../../Sources/PumpFirmware/StepAmount.swift"
};
static const unsigned char file_49[] = {
#embed "../../Sources/PumpFirmware/Supervision.swift"
};
static const unsigned char file_50[] = {
#embed "../../Sources/PumpFirmware/Telemetry.swift"
};
static const unsigned char file_51[] = {
#embed "../../Sources/PumpFirmware/VacuumWatch.swift"
};
static const unsigned char file_52[] = {
#embed "../../Sources/PumpHAL/ActuatorFrame.swift"
};
static const unsigned char file_53[] = {
#embed "../../Sources/PumpHAL/AlarmTable.swift"
};
static const unsigned char file_54[] = {
#embed "../../Sources/PumpHAL/Alarms.swift"
};
static const unsigned char file_55[] = {
#embed "../../Sources/PumpHAL/Canonical.swift"
};
static const unsigned char file_56[] = {
#embed "../../Sources/PumpHAL/Digest.swift"
};
static const unsigned char file_57[] = {
#embed "../../Sources/PumpHAL/OperatorCommand+Canonical.swift"
};
static const unsigned char file_58[] = {
#embed "../../Sources/PumpHAL/OperatorCommand.swift"
};
static const unsigned char file_59[] = {
#embed "../../Sources/PumpHAL/PowerOn.swift"
};
static const unsigned char file_60[] = {
#embed "../../Sources/PumpHAL/PumpHardware.swift"
};
static const unsigned char file_61[] = {
#embed "../../Sources/PumpHAL/PumpMode.swift"
};
static const unsigned char file_62[] = {
#embed "../../Sources/PumpHAL/Quantities.swift"
};
static const unsigned char file_63[] = {
#embed "../../Sources/PumpHAL/SensorFrame.swift"
};
static const unsigned char file_64[] = {
#embed "../../Sources/PumpHAL/SignalPatterns.swift"
};
static const unsigned char file_65[] = {
#embed "../../Sources/PumpHAL/Tick.swift"
};
static const unsigned char file_66[] = {
#embed "../../Sources/PumpLoop/ActuatorFrame+Channels.swift"
};
static const unsigned char file_67[] = {
#embed "../../Sources/PumpLoop/ControlLoop.swift"
};
static const unsigned char file_68[] = {
#embed "../../Sources/PumpMonitor/Attolitres.swift"
};
static const unsigned char file_69[] = {
#embed "../../Sources/PumpMonitor/BolusPool.swift"
};
static const unsigned char file_70[] = {
#embed "../../Sources/PumpMonitor/DoseWindow.swift"
};
static const unsigned char file_71[] = {
#embed "../../Sources/PumpMonitor/Envelope.swift"
};
static const unsigned char file_72[] = {
#embed "../../Sources/PumpMonitor/MonitorJournal.swift"
};
static const unsigned char file_73[] = {
#embed "../../Sources/PumpMonitor/MonitorLimits.swift"
};
static const unsigned char file_74[] = {
#embed "../../Sources/PumpMonitor/MonitorMode.swift"
};
static const unsigned char file_75[] = {
#embed "../../Sources/PumpMonitor/MotionWatch.swift"
};
static const unsigned char file_76[] = {
#embed "../../Sources/PumpMonitor/Prescription.swift"
};
static const unsigned char file_77[] = {
#embed "../../Sources/PumpMonitor/ProgressWatch.swift"
};
static const unsigned char file_78[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor+Canonical.swift"
};
static const unsigned char file_79[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor+Hearing.swift"
};
static const unsigned char file_80[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor+History.swift"
};
static const unsigned char file_81[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor+Journal.swift"
};
static const unsigned char file_82[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor+Judging.swift"
};
static const unsigned char file_83[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor+SetUp.swift"
};
static const unsigned char file_84[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor+Watching.swift"
};
static const unsigned char file_85[] = {
#embed "../../Sources/PumpMonitor/ProtectiveMonitor.swift"
};
static const unsigned char file_86[] = {
#embed "../../Sources/PumpMonitor/RetractionWatch.swift"
};
static const unsigned char file_87[] = {
#embed "../../Sources/PumpMonitor/RoleAccess.swift"
};
static const unsigned char file_88[] = {
#embed "../../Sources/PumpMonitor/SignalWatch.swift"
};
static const unsigned char file_89[] = {
#embed "../../Sources/PumpMonitor/Solution.swift"
};
static const unsigned char file_90[] = {
#embed "../../Sources/PumpMonitor/ThrustWatch.swift"
};
static const unsigned char file_91[] = {
#embed "../../Sources/PumpPlant/Annunciator.swift"
};
static const unsigned char file_92[] = {
#embed "../../Sources/PumpPlant/Battery.swift"
};
static const unsigned char file_93[] = {
#embed "../../Sources/PumpPlant/Component+Vocabulary.swift"
};
static const unsigned char file_94[] = {
#embed "../../Sources/PumpPlant/ComponentFault.swift"
};
static const unsigned char file_95[] = {
#embed "../../Sources/PumpPlant/Drive.swift"
};
static const unsigned char file_96[] = {
#embed "../../Sources/PumpPlant/Fault.swift"
};
static const unsigned char file_97[] = {
#embed "../../Sources/PumpPlant/FaultEffects.swift"
};
static const unsigned char file_98[] = {
#embed "../../Sources/PumpPlant/FaultSelection.swift"
};
static const unsigned char file_99[] = {
#embed "../../Sources/PumpPlant/FaultTable.swift"
};
static const unsigned char file_100[] = {
#embed "../../Sources/PumpPlant/FluidPath.swift"
};
static const unsigned char file_101[] = {
#embed "../../Sources/PumpPlant/LineContent.swift"
};
static const unsigned char file_102[] = {
#embed "../../Sources/PumpPlant/NoiseSource.swift"
};
static const unsigned char file_103[] = {
#embed "../../Sources/PumpPlant/NonVolatileMemory.swift"
};
static const unsigned char file_104[] = {
#embed "../../Sources/PumpPlant/Pharmacokinetics.swift"
};
static const unsigned char file_105[] = {
#embed "../../Sources/PumpPlant/Plant+Faults.swift"
};
static const unsigned char file_106[] = {
#embed "../../Sources/PumpPlant/Plant.swift"
};
static const unsigned char file_107[] = {
#embed "../../Sources/PumpPlant/PlantParameters+Bounds.swift"
};
static const unsigned char file_108[] = {
#embed "../../Sources/PumpPlant/PlantParameters+Canonical.swift"
};
static const unsigned char file_109[] = {
#embed "../../Sources/PumpPlant/PlantParameters.swift"
};
static const unsigned char file_110[] = {
#embed "../../Sources/PumpPlant/PlantTruth.swift"
};
static const unsigned char file_111[] = {
#embed "../../Sources/PumpPlant/SensorSuite+Faults.swift"
};
static const unsigned char file_112[] = {
#embed "../../Sources/PumpPlant/SensorSuite.swift"
};
static const unsigned char file_113[] = {
#embed "../../Sources/PumpPlant/SimulatedPump+Canonical.swift"
};
static const unsigned char file_114[] = {
#embed "../../Sources/PumpPlant/SimulatedPump+Faults.swift"
};
static const unsigned char file_115[] = {
#embed "../../Sources/PumpPlant/SimulatedPump.swift"
};
static const unsigned char file_116[] = {
#embed "../../Sources/PumpPlant/SquareRoot.swift"
};
static const unsigned char file_117[] = {
#embed "../../Sources/PumpPlant/StepGenerator.swift"
};
static const unsigned char file_118[] = {
#embed "../../Sources/PumpPlant/Supply.swift"
};
static const unsigned char file_119[] = {
#embed "../../Sources/TickCodec/ByteBuffer.swift"
};
static const unsigned char file_120[] = {
#embed "../../Sources/TickCodec/ByteCursor.swift"
};
static const unsigned char file_121[] = {
#embed "../../Sources/TickCodec/Differences.swift"
};
static const unsigned char file_122[] = {
#embed "../../Sources/TickCodec/Prediction.swift"
};
static const unsigned char file_123[] = {
#embed "../../Sources/TickCodec/TickDecoder+More.swift"
};
static const unsigned char file_124[] = {
#embed "../../Sources/TickCodec/TickDecoder.swift"
};
static const unsigned char file_125[] = {
#embed "../../Sources/TickCodec/TickEncoder+More.swift"
};
static const unsigned char file_126[] = {
#embed "../../Sources/TickCodec/TickEncoder.swift"
};
static const unsigned char file_127[] = {
#embed "../../Sources/TickCodec/TickLayout.swift"
};

static const CoreSource all[] = {
    {"LICENSE", file_0, sizeof file_0},
    {"Package.swift", file_1, sizeof file_1},
    {"README.txt", file_2, sizeof file_2},
    {"Sources/BoardProtocol/ActuatePayload.swift", file_3, sizeof file_3},
    {"Sources/BoardProtocol/Dictionary.swift", file_4, sizeof file_4},
    {"Sources/BoardProtocol/FrameCodec.swift", file_5, sizeof file_5},
    {"Sources/BoardProtocol/FrameFormat.swift", file_6, sizeof file_6},
    {"Sources/BoardProtocol/Payloads.swift", file_7, sizeof file_7},
    {"Sources/BoardProtocol/SenseGroups+Coding.swift", file_8, sizeof file_8},
    {"Sources/BoardProtocol/SensePayload.swift", file_9, sizeof file_9},
    {"Sources/BoardProtocol/World.swift", file_10, sizeof file_10},
    {"Sources/PumpFirmware/AccessControl.swift", file_11, sizeof file_11},
    {"Sources/PumpFirmware/AirWatch.swift", file_12, sizeof file_12},
    {"Sources/PumpFirmware/AlarmManager.swift", file_13, sizeof file_13},
    {"Sources/PumpFirmware/AnnunciatorWatch.swift", file_14, sizeof file_14},
    {"Sources/PumpFirmware/BatteryWatch.swift", file_15, sizeof file_15},
    {"Sources/PumpFirmware/CarriageWatch.swift", file_16, sizeof file_16},
    {"Sources/PumpFirmware/ClockWatch.swift", file_17, sizeof file_17},
    {"Sources/PumpFirmware/Controller+Canonical.swift", file_18, sizeof file_18},
    {"Sources/PumpFirmware/Controller+Commands.swift", file_19, sizeof file_19},
    {"Sources/PumpFirmware/Controller+Journal.swift", file_20, sizeof file_20},
    {"Sources/PumpFirmware/Controller+Mixture.swift", file_21, sizeof file_21},
    {"Sources/PumpFirmware/Controller+Motion.swift", file_22, sizeof file_22},
    {"Sources/PumpFirmware/Controller+Output.swift", file_23, sizeof file_23},
    {"Sources/PumpFirmware/Controller+Reminders.swift", file_24, sizeof file_24},
    {"Sources/PumpFirmware/Controller+SetUp.swift", file_25, sizeof file_25},
    {"Sources/PumpFirmware/Controller+Telemetry.swift", file_26, sizeof file_26},
    {"Sources/PumpFirmware/Controller.swift", file_27, sizeof file_27},
    {"Sources/PumpFirmware/Conversions.swift", file_28, sizeof file_28},
    {"Sources/PumpFirmware/CurrentCheck.swift", file_29, sizeof file_29},
    {"Sources/PumpFirmware/Delivery.swift", file_30, sizeof file_30},
    {"Sources/PumpFirmware/Detectors.swift", file_31, sizeof file_31},
    {"Sources/PumpFirmware/DoseCap.swift", file_32, sizeof file_32},
    {"Sources/PumpFirmware/DriveSupervision.swift", file_33, sizeof file_33},
    {"Sources/PumpFirmware/FlowWatch.swift", file_34, sizeof file_34},
    {"Sources/PumpFirmware/IntegrityCheck.swift", file_35, sizeof file_35},
    {"Sources/PumpFirmware/Journal.swift", file_36, sizeof file_36},
    {"Sources/PumpFirmware/JournalMark.swift", file_37, sizeof file_37},
    {"Sources/PumpFirmware/LineOpenWatch.swift", file_38, sizeof file_38},
    {"Sources/PumpFirmware/Occlusion.swift", file_39, sizeof file_39},
    {"Sources/PumpFirmware/Orders.swift", file_40, sizeof file_40},
    {"Sources/PumpFirmware/PrescribedDrug.swift", file_41, sizeof file_41},
    {"Sources/PumpFirmware/Prescription+Check.swift", file_42, sizeof file_42},
    {"Sources/PumpFirmware/Prescription.swift", file_43, sizeof file_43},
    {"Sources/PumpFirmware/RestartLimit.swift", file_44, sizeof file_44},
    {"Sources/PumpFirmware/RolePermissions.swift", file_45, sizeof file_45},
    {"Sources/PumpFirmware/SelfTest.swift", file_46, sizeof file_46},
    {"Sources/PumpFirmware/SoftLimits.swift", file_47, sizeof file_47},
    {"Sources/PumpFirmware/StepAmount.swift", file_48, sizeof file_48},
    {"Sources/PumpFirmware/Supervision.swift", file_49, sizeof file_49},
    {"Sources/PumpFirmware/Telemetry.swift", file_50, sizeof file_50},
    {"Sources/PumpFirmware/VacuumWatch.swift", file_51, sizeof file_51},
    {"Sources/PumpHAL/ActuatorFrame.swift", file_52, sizeof file_52},
    {"Sources/PumpHAL/AlarmTable.swift", file_53, sizeof file_53},
    {"Sources/PumpHAL/Alarms.swift", file_54, sizeof file_54},
    {"Sources/PumpHAL/Canonical.swift", file_55, sizeof file_55},
    {"Sources/PumpHAL/Digest.swift", file_56, sizeof file_56},
    {"Sources/PumpHAL/OperatorCommand+Canonical.swift", file_57, sizeof file_57},
    {"Sources/PumpHAL/OperatorCommand.swift", file_58, sizeof file_58},
    {"Sources/PumpHAL/PowerOn.swift", file_59, sizeof file_59},
    {"Sources/PumpHAL/PumpHardware.swift", file_60, sizeof file_60},
    {"Sources/PumpHAL/PumpMode.swift", file_61, sizeof file_61},
    {"Sources/PumpHAL/Quantities.swift", file_62, sizeof file_62},
    {"Sources/PumpHAL/SensorFrame.swift", file_63, sizeof file_63},
    {"Sources/PumpHAL/SignalPatterns.swift", file_64, sizeof file_64},
    {"Sources/PumpHAL/Tick.swift", file_65, sizeof file_65},
    {"Sources/PumpLoop/ActuatorFrame+Channels.swift", file_66, sizeof file_66},
    {"Sources/PumpLoop/ControlLoop.swift", file_67, sizeof file_67},
    {"Sources/PumpMonitor/Attolitres.swift", file_68, sizeof file_68},
    {"Sources/PumpMonitor/BolusPool.swift", file_69, sizeof file_69},
    {"Sources/PumpMonitor/DoseWindow.swift", file_70, sizeof file_70},
    {"Sources/PumpMonitor/Envelope.swift", file_71, sizeof file_71},
    {"Sources/PumpMonitor/MonitorJournal.swift", file_72, sizeof file_72},
    {"Sources/PumpMonitor/MonitorLimits.swift", file_73, sizeof file_73},
    {"Sources/PumpMonitor/MonitorMode.swift", file_74, sizeof file_74},
    {"Sources/PumpMonitor/MotionWatch.swift", file_75, sizeof file_75},
    {"Sources/PumpMonitor/Prescription.swift", file_76, sizeof file_76},
    {"Sources/PumpMonitor/ProgressWatch.swift", file_77, sizeof file_77},
    {"Sources/PumpMonitor/ProtectiveMonitor+Canonical.swift", file_78, sizeof file_78},
    {"Sources/PumpMonitor/ProtectiveMonitor+Hearing.swift", file_79, sizeof file_79},
    {"Sources/PumpMonitor/ProtectiveMonitor+History.swift", file_80, sizeof file_80},
    {"Sources/PumpMonitor/ProtectiveMonitor+Journal.swift", file_81, sizeof file_81},
    {"Sources/PumpMonitor/ProtectiveMonitor+Judging.swift", file_82, sizeof file_82},
    {"Sources/PumpMonitor/ProtectiveMonitor+SetUp.swift", file_83, sizeof file_83},
    {"Sources/PumpMonitor/ProtectiveMonitor+Watching.swift", file_84, sizeof file_84},
    {"Sources/PumpMonitor/ProtectiveMonitor.swift", file_85, sizeof file_85},
    {"Sources/PumpMonitor/RetractionWatch.swift", file_86, sizeof file_86},
    {"Sources/PumpMonitor/RoleAccess.swift", file_87, sizeof file_87},
    {"Sources/PumpMonitor/SignalWatch.swift", file_88, sizeof file_88},
    {"Sources/PumpMonitor/Solution.swift", file_89, sizeof file_89},
    {"Sources/PumpMonitor/ThrustWatch.swift", file_90, sizeof file_90},
    {"Sources/PumpPlant/Annunciator.swift", file_91, sizeof file_91},
    {"Sources/PumpPlant/Battery.swift", file_92, sizeof file_92},
    {"Sources/PumpPlant/Component+Vocabulary.swift", file_93, sizeof file_93},
    {"Sources/PumpPlant/ComponentFault.swift", file_94, sizeof file_94},
    {"Sources/PumpPlant/Drive.swift", file_95, sizeof file_95},
    {"Sources/PumpPlant/Fault.swift", file_96, sizeof file_96},
    {"Sources/PumpPlant/FaultEffects.swift", file_97, sizeof file_97},
    {"Sources/PumpPlant/FaultSelection.swift", file_98, sizeof file_98},
    {"Sources/PumpPlant/FaultTable.swift", file_99, sizeof file_99},
    {"Sources/PumpPlant/FluidPath.swift", file_100, sizeof file_100},
    {"Sources/PumpPlant/LineContent.swift", file_101, sizeof file_101},
    {"Sources/PumpPlant/NoiseSource.swift", file_102, sizeof file_102},
    {"Sources/PumpPlant/NonVolatileMemory.swift", file_103, sizeof file_103},
    {"Sources/PumpPlant/Pharmacokinetics.swift", file_104, sizeof file_104},
    {"Sources/PumpPlant/Plant+Faults.swift", file_105, sizeof file_105},
    {"Sources/PumpPlant/Plant.swift", file_106, sizeof file_106},
    {"Sources/PumpPlant/PlantParameters+Bounds.swift", file_107, sizeof file_107},
    {"Sources/PumpPlant/PlantParameters+Canonical.swift", file_108, sizeof file_108},
    {"Sources/PumpPlant/PlantParameters.swift", file_109, sizeof file_109},
    {"Sources/PumpPlant/PlantTruth.swift", file_110, sizeof file_110},
    {"Sources/PumpPlant/SensorSuite+Faults.swift", file_111, sizeof file_111},
    {"Sources/PumpPlant/SensorSuite.swift", file_112, sizeof file_112},
    {"Sources/PumpPlant/SimulatedPump+Canonical.swift", file_113, sizeof file_113},
    {"Sources/PumpPlant/SimulatedPump+Faults.swift", file_114, sizeof file_114},
    {"Sources/PumpPlant/SimulatedPump.swift", file_115, sizeof file_115},
    {"Sources/PumpPlant/SquareRoot.swift", file_116, sizeof file_116},
    {"Sources/PumpPlant/StepGenerator.swift", file_117, sizeof file_117},
    {"Sources/PumpPlant/Supply.swift", file_118, sizeof file_118},
    {"Sources/TickCodec/ByteBuffer.swift", file_119, sizeof file_119},
    {"Sources/TickCodec/ByteCursor.swift", file_120, sizeof file_120},
    {"Sources/TickCodec/Differences.swift", file_121, sizeof file_121},
    {"Sources/TickCodec/Prediction.swift", file_122, sizeof file_122},
    {"Sources/TickCodec/TickDecoder+More.swift", file_123, sizeof file_123},
    {"Sources/TickCodec/TickDecoder.swift", file_124, sizeof file_124},
    {"Sources/TickCodec/TickEncoder+More.swift", file_125, sizeof file_125},
    {"Sources/TickCodec/TickEncoder.swift", file_126, sizeof file_126},
    {"Sources/TickCodec/TickLayout.swift", file_127, sizeof file_127},
};

size_t core_source_count(void) { return sizeof all / sizeof all[0]; }
CoreSource core_source(size_t index) { return all[index]; }
const char *core_source_compiler(void) { return __VERSION__; }
