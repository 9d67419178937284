// A disk that fails, for one file: preloaded into a program, it makes the calls on that file fail.
//
//   FAILING_FILE=path          the file, as /proc/self/fd shows it
//   FAILING_WRITE_AFTER=bytes  ENOSPC once so many bytes were written; the last write is cut short
//   FAILING_SYNC_AFTER=calls   EIO from fsync and fdatasync after so many good ones, for ever
//   FAILING_CLOSE=1            EIO from close
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_llong written, synchronised;

static int isOurs(int descriptor) {
  const char *wanted = getenv("FAILING_FILE");
  if (!wanted) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strcmp(path, wanted) == 0;
}

/// The limit that `name` sets; none is never reached.
static long long limit(const char *name) {
  const char *text = getenv(name);
  return text ? atoll(text) : 1LL << 62;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (!isOurs(descriptor)) return real(descriptor, bytes, count);
  long long room = limit("FAILING_WRITE_AFTER") - atomic_load(&written);
  if (room <= 0) {
    errno = ENOSPC;
    return -1;
  }
  ssize_t done = real(descriptor, bytes, (long long)count < room ? count : (size_t)room);
  if (done > 0) atomic_fetch_add(&written, done);
  return done;
}

static int synchronise(int descriptor, const char *name) {
  if (isOurs(descriptor) &&
      atomic_fetch_add(&synchronised, 1) >= limit("FAILING_SYNC_AFTER")) {
    errno = EIO;
    return -1;
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(descriptor);
}

int fsync(int descriptor) { return synchronise(descriptor, "fsync"); }

int fdatasync(int descriptor) { return synchronise(descriptor, "fdatasync"); }

int close(int descriptor) {
  int fails = getenv("FAILING_CLOSE") && isOurs(descriptor);
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
  int status = real(descriptor);
  if (!fails) return status;
  errno = EIO;
  return -1;
}
