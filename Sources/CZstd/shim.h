// zstd as Debian packages it (libzstd-dev).
#include <zstd.h>
