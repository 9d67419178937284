// Start of the conformance image on a Cortex-M4: vector table, memory, heap, and the few functions
// that compiled code calls by name. Minimal on purpose: no interrupts, no drivers.

#include <stddef.h>
#include <stdint.h>

extern uint32_t image_stack_top, image_data_load, image_data_start, image_data_end;
extern uint32_t image_bss_start, image_bss_end;
extern char image_heap_start, image_heap_end;

int main(int argc, char **argv);
void conformance_put(uint8_t byte);

static void leave(uintptr_t reason) {
  __asm__ volatile("mov r0, #0x18\n mov r1, %0\n bkpt 0xab" : : "r"(reason) : "r0", "r1");
  for (;;) {
  }
}

static void say(const char *text) {
  while (*text) conformance_put((uint8_t)*text++);
}

// ADP_Stopped_RunTimeErrorUnknown: QEMU leaves with status 1.
static void fail(const char *text) {
  say(text);
  leave(0x20023);
}

void fault_handler(void) { fail("fault\n"); }

void reset_handler(void) {
  // Access to the floating-point unit (CPACR): the compiler moves doubles through its registers.
  *(volatile uint32_t *)0xe000ed88 |= 0xfu << 20;
  __asm__ volatile("dsb\n isb");
  uint32_t *from = &image_data_load;
  for (uint32_t *to = &image_data_start; to < &image_data_end;) *to++ = *from++;
  for (uint32_t *to = &image_bss_start; to < &image_bss_end;) *to++ = 0;
  main(0, 0);
  leave(0x20026);
}

// The first sixteen vectors of an ARMv7-M; nothing else is enabled.
__attribute__((section(".vectors"), used)) const void *const vectors[16] = {
    &image_stack_top, reset_handler, fault_handler, fault_handler,
    fault_handler,    fault_handler, fault_handler, 0,
    0,                0,             0,             fault_handler,
    fault_handler,    0,             fault_handler, fault_handler,
};

// A heap that only grows: memory is taken at power-on and never in a tick.
static char *heap = &image_heap_start;

int posix_memalign(void **result, size_t alignment, size_t size) {
  uintptr_t start = ((uintptr_t)heap + alignment - 1) & ~(uintptr_t)(alignment - 1);
  if (start + size > (uintptr_t)&image_heap_end) fail("heap exhausted\n");
  heap = (char *)(start + size);
  *result = (void *)start;
  return 0;
}

void *malloc(size_t size) {
  void *result;
  posix_memalign(&result, 16, size);
  return result;
}

void free(void *pointer) { (void)pointer; }

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  char *d = to;
  const char *s = from;
  while (count--) *d++ = *s++;
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  char *d = to;
  const char *s = from;
  if (d < s) {
    while (count--) *d++ = *s++;
  } else {
    while (count--) d[count] = s[count];
  }
  return to;
}

void *memset(void *to, int value, size_t count) {
  char *d = to;
  while (count--) *d++ = (char)value;
  return to;
}

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *x = a, *y = b;
  for (; count--; x++, y++) {
    if (*x != *y) return *x - *y;
  }
  return 0;
}

void __aeabi_memcpy(void *to, const void *from, size_t count) { memcpy(to, from, count); }
void __aeabi_memcpy4(void *to, const void *from, size_t count) { memcpy(to, from, count); }
void __aeabi_memcpy8(void *to, const void *from, size_t count) { memcpy(to, from, count); }
void __aeabi_memmove(void *to, const void *from, size_t count) { memmove(to, from, count); }
void __aeabi_memmove4(void *to, const void *from, size_t count) { memmove(to, from, count); }
void __aeabi_memmove8(void *to, const void *from, size_t count) { memmove(to, from, count); }
void __aeabi_memset(void *to, size_t count, int value) { memset(to, value, count); }
void __aeabi_memclr(void *to, size_t count) { memset(to, 0, count); }
void __aeabi_memclr4(void *to, size_t count) { memset(to, 0, count); }
void __aeabi_memclr8(void *to, size_t count) { memset(to, 0, count); }

void abort(void) { fail("abort\n"); }

void __aeabi_memset4(void *to, size_t count, int value) { memset(to, value, count); }
void __aeabi_memset8(void *to, size_t count, int value) { memset(to, value, count); }

// Stack protection as the compiler asks for it; the value only has to be one that is not there by
// accident.
uintptr_t __stack_chk_guard = 0x5ca1ab1e;
void __stack_chk_fail(void) { fail("stack overwritten\n"); }
