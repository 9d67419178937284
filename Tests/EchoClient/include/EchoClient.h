// A minimal client of a serial port in C, and the peer that answers it: what the link is measured
// against (Scripts/benchmark).
#ifndef ECHO_CLIENT_H
#define ECHO_CLIENT_H

#include <stddef.h>
#include <stdint.h>

/// The longest frame.
#define ECHO_FRAME 64

/// One question and its answer, both ended by a zero.
struct echo_pair {
  uint8_t request_size, reply_size;
  uint8_t request[ECHO_FRAME], reply[ECHO_FRAME];
};

/// Makes a pseudo-terminal whose other end answers every question of `pairs` (256 of them, asked in
/// turn) on a thread of its own. Writes the path to open. 0, or an error number.
int echo_peer_start(const struct echo_pair *pairs, char *path, size_t path_size);

/// Opens a terminal, raw. A descriptor, or -1.
int echo_open(const char *path);

/// Sends a question and reads until the zero that ends the answer. The answer's size, or -1.
int echo_exchange(int descriptor, const struct echo_pair *pair, uint8_t *reply);

/// A thread in C that owns a port, and exchanges what it is handed.
struct echo_thread;

/// Starts the thread; null where that fails.
struct echo_thread *echo_thread_start(int descriptor);

/// Hands a question to the thread and waits for the answer. Its size, or -1.
int echo_thread_exchange(struct echo_thread *thread, const struct echo_pair *pair, uint8_t *reply);

#endif
