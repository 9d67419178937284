// Where the conformance image's bytes go: standard output on the host, semihosting on a board.

#pragma once

#include <stdint.h>

/// Writes one byte.
void conformance_put(uint8_t byte);

/// Says that all is written; on a board, ends the emulation with success.
void conformance_end(void);
