#ifndef CSOURCES_H
#define CSOURCES_H

#include <stddef.h>

// One file of the portable core, as it was when the program was built.
typedef struct {
  // Where it stands in the archive, such as Sources/PumpHAL/Tick.swift; '\0' at the end.
  const char *_Nonnull path;
  const unsigned char *_Nonnull bytes;
  size_t length;
} CoreSource;

// How many files there are.
size_t core_source_count(void);
// A file by number, in byte order of the paths.
CoreSource core_source(size_t index);
// The C compiler of the tool chain, as it names itself.
const char *_Nonnull core_source_compiler(void);

#endif
