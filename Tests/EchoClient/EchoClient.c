#define _GNU_SOURCE
#include "EchoClient.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct peer {
  int master;
  const struct echo_pair *pairs;
};

// Answers what it knows; ends with the last client.
static void *serve(void *context) {
  struct peer *peer = context;
  uint8_t pending[1024];
  size_t size = 0;
  unsigned next = 0;
  for (;;) {
    ssize_t count = read(peer->master, pending + size, sizeof pending - size);
    if (count <= 0) {
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EIO) {
        // Nobody has the other end open, yet or any more.
        usleep(1000);
        continue;
      }
      return NULL;
    }
    size += (size_t)count;
    uint8_t *end;
    while ((end = memchr(pending, 0, size)) != NULL) {
      size_t frame = (size_t)(end - pending) + 1;
      for (unsigned tried = 0; tried < 256; tried++) {
        const struct echo_pair *pair = &peer->pairs[(next + tried) & 255];
        if (pair->request_size != frame || memcmp(pair->request, pending, frame) != 0) continue;
        next = (next + tried + 1) & 255;
        if (write(peer->master, pair->reply, pair->reply_size) < 0) return NULL;
        break;
      }
      size -= frame;
      memmove(pending, pending + frame, size);
    }
    if (size == sizeof pending) size = 0;
  }
}

int echo_peer_start(const struct echo_pair *pairs, char *path, size_t path_size) {
  int slave;
  struct peer *peer = malloc(sizeof *peer);
  struct termios raw;
  memset(&raw, 0, sizeof raw);
  cfmakeraw(&raw);
  raw.c_cflag |= CREAD | CLOCAL;
  if (peer == NULL || openpty(&peer->master, &slave, NULL, &raw, NULL) != 0) return errno;
  peer->pairs = pairs;
  if (ttyname_r(slave, path, path_size) != 0) return errno;
  close(slave);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, serve, peer);
  if (error == 0) pthread_detach(thread);
  return error;
}

int echo_open(const char *path) {
  int descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  struct termios raw;
  if (descriptor < 0 || tcgetattr(descriptor, &raw) != 0) return -1;
  cfmakeraw(&raw);
  return tcsetattr(descriptor, TCSANOW, &raw) == 0 ? descriptor : -1;
}

int echo_exchange(int descriptor, const struct echo_pair *pair, uint8_t *reply) {
  if (write(descriptor, pair->request, pair->request_size) != pair->request_size) return -1;
  int size = 0;
  while (size == 0 || reply[size - 1] != 0) {
    ssize_t count = read(descriptor, reply + size, (size_t)(ECHO_FRAME - size));
    if (count <= 0) return -1;
    size += (int)count;
  }
  return size;
}

struct echo_thread {
  int descriptor, asking[2], answering[2];
  const struct echo_pair *pair;
  uint8_t *reply;
  int size;
};

static void *own(void *context) {
  struct echo_thread *thread = context;
  uint8_t byte;
  while (read(thread->asking[0], &byte, 1) == 1) {
    thread->size = echo_exchange(thread->descriptor, thread->pair, thread->reply);
    if (write(thread->answering[1], &byte, 1) != 1) break;
  }
  return NULL;
}

struct echo_thread *echo_thread_start(int descriptor) {
  struct echo_thread *thread = calloc(1, sizeof *thread);
  pthread_t handle;
  if (thread == NULL || pipe(thread->asking) != 0 || pipe(thread->answering) != 0) return NULL;
  thread->descriptor = descriptor;
  return pthread_create(&handle, NULL, own, thread) == 0 ? thread : NULL;
}

int echo_thread_exchange(struct echo_thread *thread, const struct echo_pair *pair, uint8_t *reply) {
  uint8_t byte = 0;
  thread->pair = pair;
  thread->reply = reply;
  if (write(thread->asking[1], &byte, 1) != 1) return -1;
  if (read(thread->answering[0], &byte, 1) != 1) return -1;
  return thread->size;
}
