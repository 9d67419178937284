// The compiler names itself to the C preprocessor only.
#include "CCompiler.h"

const char *compiler_version(void) { return __VERSION__; }
