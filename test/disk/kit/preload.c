/*
 * A disk that tells what it was asked, and fails when it is told to.
 *
 * Loaded before libc (LD_PRELOAD), it stands between a process and the files of one folder:
 *
 *   TROUPE_DISK_FOLDER  the folder, without links in its path
 *   TROUPE_DISK_TRACE   a file outside of it: every change of the folder is appended to it, in
 *                       order; a change that failed is not. A record is a line, and for a write
 *                       its bytes:
 *                         open HANDLE CREATED PATH     CREATED is 1 when there was none before
 *                         write HANDLE OFFSET LENGTH   LENGTH bytes and a newline follow
 *                         truncate HANDLE SIZE
 *                         sync HANDLE                  written when the sync is complete
 *                         unlink PATH
 *                         rename FROM TO               one line each, for blanks in names
 *   TROUPE_DISK_FAULT   a file outside of it. While it exists it holds one fault:
 *                         OPERATION NTH ERROR HOW SUFFIX
 *                       the NTH call from now on of `read`, `write`, `sync`, `open` (of a new
 *                       file) or `truncate` on a file whose name ends with SUFFIX (`*`: any) fails
 *                       with errno ERROR; -1 writes only half, without an error. HOW is `once`, or
 *                       `on`: all calls after it fail, too. Another text counts from the beginning.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096
#define PATH 512

static struct {
  int handle; /* 0: not a file of the folder */
  char path[PATH];
} files[FILES];

static int handles = 0;
static int trace = -1;
static char folder[PATH];
static char fault_file[PATH];
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void lock(void) {
  while (atomic_flag_test_and_set(&busy)) {
  }
}

static void unlock(void) { atomic_flag_clear(&busy); }

__attribute__((constructor)) static void begin(void) {
  const char *place = getenv("TROUPE_DISK_FOLDER");
  const char *into = getenv("TROUPE_DISK_TRACE");
  const char *faults = getenv("TROUPE_DISK_FAULT");
  if (place != NULL) snprintf(folder, PATH, "%s", place);
  if (faults != NULL) snprintf(fault_file, PATH, "%s", faults);
  if (into == NULL) return;
  int fd = syscall(SYS_openat, AT_FDCWD, into, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  trace = fcntl(fd, F_DUPFD_CLOEXEC, FILES);
  syscall(SYS_close, fd);
}

/* The next definition of a function, which is that of libc. */
#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int is_ours(const char *path) {
  size_t length = strlen(folder);
  if (length == 0 || path == NULL || strncmp(path, folder, length) != 0) return 0;
  return path[length] == '\0' || path[length] == '/';
}

static int is_file(int fd) { return fd >= 0 && fd < FILES && files[fd].handle != 0; }

/* One record is one write, so that a kill leaves only whole records, or the start of the last. */
static void tell(const void *bytes, size_t length, const char *format, ...) {
  if (trace < 0) return;
  char line[2 * PATH + 100];
  va_list given;
  va_start(given, format);
  int size = vsnprintf(line, sizeof line, format, given);
  va_end(given);
  struct iovec pieces[3] = {{line, size}, {(void *)bytes, length}, {"\n", 1}};
  syscall(SYS_writev, trace, pieces, bytes == NULL ? 1 : 3);
}

/* The fault that is told now, and how many calls it was asked about. */
static char told[256];
static int asked = 0;

static int ends_with(const char *path, const char *suffix) {
  size_t length = strlen(path), end = strlen(suffix);
  return strcmp(suffix, "*") == 0 || (length >= end && strcmp(path + length - end, suffix) == 0);
}

/* What the next call of an operation meets: 0 nothing, an errno, or -1 for half a write. */
static int fault(const char *operation, const char *path) {
  if (fault_file[0] == '\0') return 0;
  char text[256] = "";
  int fd = syscall(SYS_openat, AT_FDCWD, fault_file, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    ssize_t size = syscall(SYS_read, fd, text, sizeof text - 1);
    text[size < 0 ? 0 : size] = '\0';
    syscall(SYS_close, fd);
  }
  if (strcmp(text, told) != 0) {
    memcpy(told, text, sizeof told);
    asked = 0;
  }
  char wanted[32] = "", how[8] = "", suffix[64] = "";
  int nth = 0, error = 0;
  int found = sscanf(text, "%31s %d %d %7s %63s", wanted, &nth, &error, how, suffix);
  if (found != 5 || strcmp(wanted, operation) != 0 || !ends_with(path, suffix)) return 0;
  asked += 1;
  return asked == nth || (asked > nth && strcmp(how, "on") == 0) ? error : 0;
}

typedef int opens(const char *path, int flags, ...);

static int open_file(opens *by, const char *path, int flags, mode_t mode) {
  if (!is_ours(path)) return by(path, flags, mode);
  lock();
  int is_new = (flags & O_CREAT) != 0 && syscall(SYS_access, path, F_OK) != 0;
  int error = is_new ? fault("open", path) : 0;
  int fd = error != 0 ? -1 : by(path, flags, mode);
  if (error != 0) errno = error;
  if (fd >= 0 && fd < FILES) {
    int kept = errno;
    handles += 1;
    files[fd].handle = handles;
    snprintf(files[fd].path, PATH, "%s", path);
    tell(NULL, 0, "open %d-%d %d %s\n", getpid(), handles, is_new, path);
    if ((flags & O_TRUNC) != 0) tell(NULL, 0, "truncate %d-%d 0\n", getpid(), handles);
    errno = kept;
  }
  unlock();
  return fd;
}

#define MODE(flags, mode)                       \
  mode_t mode = 0;                              \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) { \
    va_list given;                              \
    va_start(given, flags);                     \
    mode = va_arg(given, int);                  \
    va_end(given);                              \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_file((opens *)REAL(open), path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_file((opens *)REAL(open64), path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
  MODE(flags, mode)
  if (is_ours(path)) return open_file((opens *)REAL(open), path, flags, mode);
  return REAL(openat)(at, path, flags, mode);
}

int creat(const char *path, mode_t mode) {
  return open_file((opens *)REAL(open), path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int fd) {
  lock();
  if (is_file(fd)) files[fd].handle = 0;
  unlock();
  return REAL(close)(fd);
}

/* Writes at an offset; -1 means where the file stands. */
static ssize_t write_at(int fd, const void *bytes, size_t length, off64_t offset) {
  if (!is_file(fd)) {
    return offset < 0 ? REAL(write)(fd, bytes, length) : REAL(pwrite64)(fd, bytes, length, offset);
  }
  lock();
  int error = fault("write", files[fd].path);
  if (error > 0) {
    unlock();
    errno = error;
    return -1;
  }
  if (error == -1) length /= 2;
  ssize_t size = offset < 0 ? REAL(write)(fd, bytes, length)
                            : REAL(pwrite64)(fd, bytes, length, offset);
  int kept = errno;
  if (size > 0) {
    long long at = offset < 0 ? lseek(fd, 0, SEEK_CUR) - size : offset;
    tell(bytes, size, "write %d-%d %lld %zd\n", getpid(), files[fd].handle, at, size);
  }
  errno = kept;
  unlock();
  return size;
}

ssize_t write(int fd, const void *bytes, size_t length) { return write_at(fd, bytes, length, -1); }

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  return write_at(fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  return write_at(fd, bytes, length, offset);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset) {
  lock();
  int error = is_file(fd) ? fault("read", files[fd].path) : 0;
  unlock();
  if (error == 0) return REAL(pread64)(fd, bytes, length, offset);
  errno = error;
  return -1;
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
  return pread64(fd, bytes, length, offset);
}

/* What is not told and fails with nothing is done by `act`, and told when it is complete. */
#define CHANGE(fd, operation, act, ...)                        \
  if (!is_file(fd)) return act;                                \
  lock();                                                      \
  int error = fault(operation, files[fd].path);                \
  int result = error == 0 ? act : -1;                          \
  int kept = error == 0 ? errno : error;                       \
  if (result == 0) tell(NULL, 0, __VA_ARGS__);                 \
  errno = kept;                                                \
  unlock();                                                    \
  return result;

int ftruncate64(int fd, off64_t size) {
  CHANGE(fd, "truncate", REAL(ftruncate64)(fd, size), "truncate %d-%d %lld\n", getpid(),
         files[fd].handle, (long long)size)
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fsync(int fd) {
  CHANGE(fd, "sync", REAL(fsync)(fd), "sync %d-%d\n", getpid(), files[fd].handle)
}

int fdatasync(int fd) {
  CHANGE(fd, "sync", REAL(fdatasync)(fd), "sync %d-%d\n", getpid(), files[fd].handle)
}

int unlink(const char *path) {
  int result = REAL(unlink)(path);
  int kept = errno;
  if (result == 0 && is_ours(path)) tell(NULL, 0, "unlink %s\n", path);
  errno = kept;
  return result;
}

int rename(const char *from, const char *to) {
  int result = REAL(rename)(from, to);
  int kept = errno;
  if (result == 0 && is_ours(from)) tell(NULL, 0, "rename %s\n%s\n", from, to);
  errno = kept;
  return result;
}
