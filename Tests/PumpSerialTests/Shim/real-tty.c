// Makes a pseudo-terminal look like a USB serial port, so that the tests can put unmodified
// libserialport on it (LD_PRELOAD). libserialport refuses pseudo-terminals: it wants the device in
// /sys/class/tty, and it wants modem lines.
//
//   SHIM_PORT   the name to be, such as /dev/ttyTEST0
//   SHIM_PTY    the pseudo-terminal that it is
//   SHIM_SYS    a folder to be /sys/class/tty
//   SHIM_LINKS  a folder to be /dev/serial/by-id
//   SHIM_LOG    a file for what was done to modem lines and driver flags
//   SHIM_LINES  modem lines to begin with (TIOCM_ bits); DTR and RTS where absent
//   SHIM_DENY   an error number for whoever opens the port
//   SHIM_GROUP  the group of the port
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *const folders[][2] = {
  {"/sys/class/tty", "SHIM_SYS"},
  {"/dev/serial/by-id", "SHIM_LINKS"},
};

static int lines = -1;
static int driver_flags;

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != 0 ? value : NULL;
}

static int is_port(const char *path) {
  const char *port = setting("SHIM_PORT");
  return port != NULL && path != NULL && strcmp(path, port) == 0;
}

// The path that is meant; `space` takes it where it is not `path` itself.
static const char *meant(const char *path, char *space) {
  if (is_port(path)) return setting("SHIM_PTY");
  for (size_t index = 0; path != NULL && index < 2; index++) {
    const char *folder = setting(folders[index][1]);
    size_t size = strlen(folders[index][0]);
    if (folder == NULL || strncmp(path, folders[index][0], size) != 0) continue;
    snprintf(space, 4096, "%s%s", folder, path + size);
    return space;
  }
  return path;
}

static void tell(const char *format, ...) {
  const char *path = setting("SHIM_LOG");
  if (path == NULL) return;
  int log = NEXT(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return;
  va_list arguments;
  va_start(arguments, format);
  vdprintf(log, format, arguments);
  va_end(arguments);
  close(log);
}

static int denied(const char *path) {
  const char *code = setting("SHIM_DENY");
  if (code == NULL || !is_port(path)) return 0;
  errno = atoi(code);
  return 1;
}

static int open_meant(const char *path, int flags, mode_t mode) {
  char space[4096];
  return denied(path) ? -1 : NEXT(open)(meant(path, space), flags, mode);
}

#define MODE                                       \
  mode_t mode = 0;                                 \
  if (flags & (O_CREAT | O_TMPFILE)) {             \
    va_list arguments;                             \
    va_start(arguments, flags);                    \
    mode = (mode_t)va_arg(arguments, unsigned);    \
    va_end(arguments);                             \
  }

int open(const char *path, int flags, ...) {
  MODE
  return open_meant(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE
  return open_meant(path, flags, mode);
}

int __open_2(const char *path, int flags) { return open_meant(path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_meant(path, flags, 0); }

FILE *fopen(const char *path, const char *mode) {
  char space[4096];
  return NEXT(fopen)(meant(path, space), mode);
}

FILE *fopen64(const char *path, const char *mode) {
  char space[4096];
  return NEXT(fopen64)(meant(path, space), mode);
}

DIR *opendir(const char *path) {
  char space[4096];
  return NEXT(opendir)(meant(path, space));
}

ssize_t readlink(const char *path, char *bytes, size_t size) {
  char space[4096];
  return NEXT(readlink)(meant(path, space), bytes, size);
}

int access(const char *path, int mode) {
  char space[4096];
  return denied(path) ? -1 : NEXT(access)(meant(path, space), mode);
}

char *realpath(const char *path, char *resolved) {
  if (is_port(path)) return strdup(path);
  char space[4096];
  char *real = NEXT(realpath)(meant(path, space), resolved);
  // A link to the pseudo-terminal is a link to the port.
  const char *pty = setting("SHIM_PTY");
  if (real == NULL || resolved != NULL || pty == NULL || strcmp(real, pty) != 0) return real;
  free(real);
  return strdup(setting("SHIM_PORT"));
}

static int look(int (*next)(const char *, struct stat *), const char *path, struct stat *status) {
  char space[4096];
  int result = next(meant(path, space), status);
  const char *pty = setting("SHIM_PTY");
  struct stat slave;
  if (result == 0 && pty != NULL && NEXT(stat)(pty, &slave) == 0
      && S_ISCHR(status->st_mode) && slave.st_rdev == status->st_rdev) {
    // ttyUSB0 has these numbers.
    status->st_rdev = makedev(188, 0);
    if (setting("SHIM_GROUP")) status->st_gid = (gid_t)atoi(setting("SHIM_GROUP"));
    if (setting("SHIM_GROUP")) status->st_mode |= S_IRGRP | S_IWGRP;
  }
  return result;
}

int stat(const char *path, struct stat *status) { return look(NEXT(stat), path, status); }
int lstat(const char *path, struct stat *status) { return look(NEXT(lstat), path, status); }

int __lxstat(int version, const char *path, struct stat *status) {
  (void)version;
  return look(NEXT(lstat), path, status);
}

int ioctl(int descriptor, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  // A port that was unplugged has no modem lines any more.
  int waiting;
  int is_gone = NEXT(ioctl)(descriptor, FIONREAD, &waiting) != 0 && errno == EIO;
  if (lines < 0) lines = setting("SHIM_LINES") ? atoi(setting("SHIM_LINES")) : TIOCM_DTR | TIOCM_RTS;
  int before = lines;
  switch (request) {
    case TIOCMGET:
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC:
    case TIOCGSERIAL:
    case TIOCSSERIAL:
      if (is_gone) {
        errno = EIO;
        return -1;
      }
      break;
    case TIOCEXCL:
    case TIOCNXCL:
      // On the pseudo-terminal it would outlive the process.
      tell("%s\n", request == TIOCEXCL ? "exclusive" : "shared");
      return 0;
    default:
      return NEXT(ioctl)(descriptor, request, argument);
  }
  switch (request) {
    case TIOCMGET: *(int *)argument = lines; break;
    case TIOCMSET: lines = *(int *)argument; break;
    case TIOCMBIS: lines |= *(int *)argument; break;
    case TIOCMBIC: lines &= ~*(int *)argument; break;
    case TIOCGSERIAL:
      memset(argument, 0, sizeof(struct serial_struct));
      ((struct serial_struct *)argument)->flags = driver_flags;
      break;
    case TIOCSSERIAL:
      driver_flags = ((struct serial_struct *)argument)->flags;
      tell("flags %#x\n", (unsigned)driver_flags);
      break;
  }
  if (lines != before) tell("lines %#x to %#x\n", (unsigned)before, (unsigned)lines);
  return 0;
}
