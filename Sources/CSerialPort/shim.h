// libserialport as Debian packages it (libserialport-dev), and what it has no call for: the flags of
// a serial driver.
#include <libserialport.h>
#include <linux/serial.h>
