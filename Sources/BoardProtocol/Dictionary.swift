/// The description of every payload, from which the dictionary hash is made.
///
/// A change of any layout changes the text, so the hash, so every checksum: two ends that disagree
/// about a layout do not understand a single frame of each other but `identify` and `identity`.
public enum BoardDictionary {
  /// One line a frame: type, name, fields with their widths in bytes.
  public static let text: StaticString = """
    header versionFlags:1 type:1 sequence:1
    01 identify magic:u4 version:u1 dictionary:u4
    81 identity magic:u4 version:u1 dictionary:u4 boot:u2 tick:u4 abilities:u1 name:c16
    02 readCapabilities offset:u2
    82 capabilities offset:u2 total:u2 bytes:*
    Capabilities origin:u1 commanding:u1 fast:u1 sensors:u2 microstep:i8 perTurn:i4 encoder:i4 \
    maxRate:u4 stall:i4 fullScale:i4 stiffness:i8 backlash:i8 carriage:i4 deadMan:u2 serial:u4 \
    version:u2
    03 open mode:u1
    83 opened mode:u1 boot:u2 tick:u4
    04 close
    84 closed
    05 readMemory index:u2
    85 memory index:u2 entry:32
    06 actuate target:i8 rateBound:u4 permitsLampBuzzer:u1 screen:u1(flags:4@4) alarm:u1 rate:u2 \
    minutes:u2 flow:u4
    07 actuateAndWrite actuate:23 entry:32
    08 elapse
    86 sense boot:u2 answering:u1 received:u2 tick:u4 steps:i8 encoder:i4 keys:u2 faults:u2 \
    status:u1 groups:u2(annunciation:4@9) current:u1 validities:u2 values:*
    sense.values motionAge:u2 carriage:i4 force:i4 motorCurrent:u2 battery:u2,i2 temperature:i2 \
    syringe:u1,u2 air:u2 wallClock:i8,u1 each:sampledAt:u4?
    entry slot:u2 sequence:u4 payload:22 checksum:u4
    09 world operation:u1 data:*
    89 worldAnswer operation:u1 status:u1 offset:u2 total:u2 data:*
    0a refresh
    8f refusal type:u1 reason:u1 boot:u2
    """

  /// CRC-32C of `text`; every checksum but those of `identify` and `identity` starts with it.
  public static let hash: UInt32 = 0x6782_0c18
}
