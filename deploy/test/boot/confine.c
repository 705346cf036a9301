/*
 * confine FAMILIES CALLS PROGRAM...: runs a program with the filters that systemd makes of RestrictAddressFamilies and SystemCallFilter.
 * FAMILIES are numbers and CALLS are names of what is allowed, with commas. What is not gets EAFNOSUPPORT, or EPERM.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* From seccomp.h, which only a package for developers brings; the library itself is wherever systemd is. */
struct comparison {
  unsigned argument;
  enum { equal = 4, at_least = 5 } operator;
  uint64_t value, unused;
};
extern void *seccomp_init(uint32_t otherwise);
extern int seccomp_rule_add_array(void *filter, uint32_t action, int call, unsigned count, const struct comparison *);
extern int seccomp_syscall_resolve_name(const char *name);
extern int seccomp_load(void *filter);

static const uint32_t allow = 0x7fff0000u;
static uint32_t refuse(int error) { return 0x00050000u | (uint32_t)error; }

static void must(int is_done, const char *what) {
  if (is_done) return;
  perror(what);
  exit(1);
}

static void restrict_address_families(char *families) {
  int allowed[AF_MAX] = {0};
  for (char *family = strtok(families, ","); family; family = strtok(NULL, ",")) allowed[atoi(family) % AF_MAX] = 1;

  void *filter = seccomp_init(allow);
  const int call = seccomp_syscall_resolve_name("socket");
  for (unsigned family = 0; family < AF_MAX; family++) {
    const struct comparison is = {0, equal, family, 0};
    if (!allowed[family]) must(seccomp_rule_add_array(filter, refuse(EAFNOSUPPORT), call, 1, &is) == 0, "family");
  }
  const struct comparison unknown = {0, at_least, AF_MAX, 0};
  must(seccomp_rule_add_array(filter, refuse(EAFNOSUPPORT), call, 1, &unknown) == 0, "families");
  must(seccomp_load(filter) == 0, "RestrictAddressFamilies");
}

static void filter_calls(char *calls) {
  void *filter = seccomp_init(refuse(EPERM));
  for (char *name = strtok(calls, ","); name; name = strtok(NULL, ",")) {
    /* Calls of other processors have no number here. */
    const int call = seccomp_syscall_resolve_name(name);
    if (call >= 0) must(seccomp_rule_add_array(filter, allow, call, 0, NULL) == 0, name);
  }
  must(seccomp_load(filter) == 0, "SystemCallFilter");
}

int main(int count, char **words) {
  must(count > 3, "confine FAMILIES CALLS PROGRAM...");
  restrict_address_families(words[1]);
  filter_calls(words[2]);
  execv(words[3], words + 3);
  perror(words[3]);
  return 1;
}
