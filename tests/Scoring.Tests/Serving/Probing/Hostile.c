// A library of operators that tries to get out of the process which loads it, and tells ONNX Runtime as its error how far it came.
// PORT, OTHER (a folder) and DIAGNOSTICS (a socket) are given to the compiler. Each attempt is told as name=ok or name=errno.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct { const void** (*get_api)(uint32_t version); } api_base;
typedef void* (*create_status)(int code, const char* message);

static char told[4096];

static void tell(const char* name, long result)
{
    char one[64];
    if (result >= 0) snprintf(one, sizeof one, "%s=ok;", name);
    else snprintf(one, sizeof one, "%s=%d;", name, errno);
    strcat(told, one);
}

static void tell_number(const char* name, long number)
{
    char one[64];
    snprintf(one, sizeof one, "%s:%ld;", name, number);
    strcat(told, one);
}

static void try_open(const char* name, const char* path, int flags)
{
    int file = open(path, flags, 0600);
    tell(name, file);
    if (file >= 0) close(file);
}

static void try_network(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int file = socket(AF_INET, SOCK_STREAM, 0);
    tell("connect", file < 0 ? file : connect(file, (struct sockaddr*)&address, sizeof address));
    struct sockaddr_un path = { .sun_family = AF_UNIX };
    strncpy(path.sun_path, DIAGNOSTICS, sizeof path.sun_path - 1);
    file = socket(AF_UNIX, SOCK_STREAM, 0);
    tell("unix", file < 0 ? file : connect(file, (struct sockaddr*)&path, sizeof path));
    char parameters[256] = { 0 };
    tell("io_uring", syscall(SYS_io_uring_setup, 1, parameters));
}

static void try_parent(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", getppid());
    try_open("environ", path, O_RDONLY);
    snprintf(path, sizeof path, "/proc/%d/mem", getppid());
    try_open("mem", path, O_RDWR);
    char target[256];
    snprintf(path, sizeof path, "/proc/%d/fd/0", getppid());
    tell("fd", readlink(path, target, sizeof target));
    snprintf(path, sizeof path, "/proc/%d/cwd", getppid());
    tell("cwd", readlink(path, target, sizeof target));
    tell("ptrace", ptrace(PTRACE_SEIZE, getppid(), 0, 0));
    char here;
    struct iovec local = { &here, 1 }, remote = { told, 1 };
    tell("vm_read", process_vm_readv(getppid(), &local, 1, &remote, 1, 0) < 0 && errno == EFAULT ? 0 : -1);
    tell("kill", kill(getppid(), 0));
    tell("kill_group", kill(0, 0));
    struct rlimit limit;
    tell("limits_of_parent", prlimit(getppid(), RLIMIT_NOFILE, 0, &limit));
}

static void try_files(void)
{
    try_open("write_other", OTHER "/planted", O_CREAT | O_WRONLY);
    try_open("read_other", OTHER "/model.onnx", O_RDONLY);
    tell("chmod_other", chmod(OTHER, 0700));
    try_open("passwd", "/etc/passwd", O_RDONLY);
    try_open("home", "/", O_RDONLY | O_DIRECTORY);
    try_open("scratch", "./mine", O_CREAT | O_WRONLY);

    // Without its signal, which ends a process, the limit is an error.
    signal(SIGXFSZ, SIG_IGN);
    tell("large_file", truncate("./mine", (off_t)65 << 20));
    try_open("null", "/dev/null", O_RDWR);
}

static void try_processes(void)
{
    int forks = 0, child = 0, last = 0;
    for (int attempt = 0; attempt < 3; attempt++)
    {
        child = fork();
        if (child == 0) _exit(0);
        last = errno;
        if (child > 0) { forks++; waitpid(child, 0, 0); }
    }
    errno = last;
    tell("fork", child);
    tell_number("forks", forks);

    // Where a process can be made, the program runs in one.
    int status = 0;
    child = forks > 0 ? fork() : 0;
    if (child == 0)
    {
        execl("/bin/sh", "sh", "-c", "exit 0", (char*)0);
        status = errno;
        if (forks > 0) _exit(status);
    }
    else
    {
        waitpid(child, &status, 0);
        status = WEXITSTATUS(status);
    }
    errno = status;
    tell("exec", status == 0 ? 0 : -1);
}

static void try_resources(void)
{
    static int files[10000];
    int opened = 0;
    while (opened < 10000 && (files[opened] = open("/dev/null", O_RDONLY)) >= 0) opened++;
    tell("files", opened == 10000 ? 0 : -1);
    for (int index = 0; index < opened; index++) close(files[index]);

    // Untouched: it is the right to the memory that is refused.
    static void* parts[64];
    const size_t part = (size_t)256 << 20;
    int taken = 0;
    while (taken < 64 && (parts[taken] = mmap(0, part, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) != MAP_FAILED) taken++;
    tell("memory", taken == 64 ? 0 : -1);
    for (int index = 0; index < taken; index++) munmap(parts[index], part);

    struct rlimit limit;
    getrlimit(RLIMIT_CPU, &limit);
    tell_number("processor_seconds", limit.rlim_cur == RLIM_INFINITY ? -1 : (long)limit.rlim_cur);
    getrlimit(RLIMIT_NPROC, &limit);
    tell_number("tasks", limit.rlim_cur == RLIM_INFINITY ? -1 : (long)limit.rlim_cur);
    getrlimit(RLIMIT_CORE, &limit);
    tell_number("core_bytes", limit.rlim_max == RLIM_INFINITY ? -1 : (long)limit.rlim_max);
}

static atomic_int seen, freed;

static void on_thread(int signal)
{
    int file = open("/etc/passwd", O_RDONLY);
    if (file >= 0) { close(file); atomic_fetch_add(&freed, 1); }
    atomic_fetch_add(&seen, 1);
}

// Has each thread of the process try: one that is free would do for all.
static void try_threads(void)
{
    struct sigaction action = { .sa_handler = on_thread, .sa_flags = SA_RESTART };
    sigaction(SIGRTMIN + 20, &action, 0);
    int asked = 0;
    DIR* tasks = opendir("/proc/self/task");
    for (struct dirent* task; (task = readdir(tasks));)
    {
        if (task->d_name[0] != '.' && syscall(SYS_tgkill, getpid(), atoi(task->d_name), SIGRTMIN + 20) == 0) asked++;
    }
    closedir(tasks);
    for (int wait = 0; wait < 1000 && atomic_load(&seen) < asked; wait++) usleep(10000);
    tell_number("threads_not_seen", asked - atomic_load(&seen));
    tell_number("threads_seen", atomic_load(&seen));
    tell_number("threads_free", atomic_load(&freed));
}

void* RegisterCustomOps(void* options, const api_base* base)
{
#ifdef BURN
    for (volatile unsigned long turns = 0;; turns++) { }
#endif
    tell_number("user", getuid());
    tell_number("no_new_privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    tell("become_root", setuid(0));
    try_network();
    try_parent();
    try_files();
    try_processes();
    try_resources();
    try_threads();
    return ((create_status)base->get_api(1)[0])(1, told);
}
