#ifndef CCOMPILER_H
#define CCOMPILER_H

// The C compiler of the tool chain, as it names itself.
const char *_Nonnull compiler_version(void);

#endif
