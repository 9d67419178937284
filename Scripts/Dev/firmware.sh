# Builds the portable core for a Cortex-M4 and compares it with the host, bit by bit.
#
#   Scripts/firmware                runs the conformance image in three modes (host, Embedded Swift on
#                                   the host, Cortex-M4 under QEMU) and compares
#   Scripts/firmware --check        builds only: Embedded Swift for the host and for armv7em
#   Scripts/firmware --size         prints the text and RAM of controller and monitor

mode="${1:-conformance}"
case "$mode" in --check | --size | conformance) ;; *)
  echo "Scripts/firmware: unknown option '$mode'; give --check, --size or nothing" >&2
  exit 64 ;;
esac
core=(PumpHAL PumpFirmware PumpMonitor PumpPlant PumpLoop TickCodec BoardProtocol Conformance ConformanceImage)
triple=armv7em-none-none-eabi
objects=".build-armv7em/$triple/release"

build_armv7em() {
  TRUMPET_EMBEDDED=1 "$swift" build -c release --triple "$triple" --target "$1" \
    -Xcc -mcpu=cortex-m4 --scratch-path .build-armv7em
}

for target in "${core[@]}"; do
  quietly build_armv7em "$target"
done
echo "armv7em: ${#core[@]} targets built"

if [ "$mode" = --check ]; then
  TRUMPET_EMBEDDED=1 quietly "$swift" build --scratch-path .build-embedded
  echo "Embedded Swift for the host: built"
  exit 0
fi

tools="$(dirname "$(readlink -f "$(command -v "$swift")")")"
for tool in qemu-system-arm arm-none-eabi-gcc; do
  if ! command -v "$tool" >/dev/null; then
    echo "Scripts/firmware: $tool is missing; run Scripts/setup" >&2
    exit 69
  fi
done
# Soft double arithmetic and 64-bit division of the compiler's own run-time library.
runtime="$(arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -print-libgcc-file-name)"
image=.build-armv7em/conformance
quietly "$tools/clang" --target=$triple -mcpu=cortex-m4 -mthumb -Os -ffreestanding -fno-builtin \
  -Wall -Wextra -Werror -c Hardware/Board/Conformance/startup.c -o "$image-startup.o"

if [ "$mode" = --size ]; then
  for part in PumpHAL PumpFirmware PumpMonitor; do
    find "$objects/$part.build" -name '*.o' -exec arm-none-eabi-size {} + |
      awk -v part="$part" 'NR > 1 { sum += $1 } END { printf "%-13s %7d bytes of text\n", part, sum }'
  done
  exit 0
fi

# With -wmo the image's object holds everything of ours that it uses.
"$tools/ld.lld" --gc-sections -T Hardware/Board/Conformance/mps2-an386.ld \
  --defsym=main=ConformanceImage_main -o "$image.elf" "$image-startup.o" \
  $(find "$objects/ConformanceImage.build" "$objects/CConformance.build" -name '*.o') "$runtime"

quietly "$swift" build -c release --product ConformanceImage
.build/release/ConformanceImage >"$image-host.txt"
status=0
timeout 900 qemu-system-arm -M mps2-an386 -cpu cortex-m4 -nographic -monitor none -serial none \
  -semihosting-config enable=on,target=native -kernel "$image.elf" >"$image-board.txt" 2>&1 ||
  status=$?
if [ "$status" -ne 0 ] || ! diff "$image-host.txt" "$image-board.txt"; then
  echo "Scripts/firmware: the Cortex-M4 (right, status $status) differs from the host (left)" >&2
  exit 1
fi
TRUMPET_EMBEDDED=1 quietly "$swift" build --scratch-path .build-embedded
.build-embedded/debug/ConformanceImage >"$image-embedded.txt"
if ! diff "$image-host.txt" "$image-embedded.txt"; then
  echo "Scripts/firmware: Embedded Swift on the host (right) differs from ordinary Swift (left)" >&2
  exit 1
fi
cat "$image-board.txt"
echo "conformance: host, Embedded Swift on the host, and Cortex-M4 under QEMU agree"
