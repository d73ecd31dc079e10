// Starts a program on a kernel that has no Landlock, as older ones and some containers: a filter answers its first call with "no such call".
// The program and its arguments come from PROGRAM, an initializer of strings that is given to the compiler; the first argument of this one is left out, the others follow.
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

static char* program[] = { PROGRAM };

int main(int count, char** arguments)
{
    const int known = sizeof program / sizeof *program;
    char* all[known + count];
    for (int index = 0; index < known; index++) all[index] = program[index];
    for (int index = 2; index <= count; index++) all[known + index - 2] = arguments[index];

    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 444, 0, 1), // landlock_create_ruleset
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { sizeof steps / sizeof *steps, steps };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) return 70;
    execvp(all[0], all);
    return 71;
}
