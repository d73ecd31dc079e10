namespace Scoring.Probe.Caging;

/// <summary>
/// The system calls that a process which loads packages has no use for, as numbers on x64 and arm64; 0 where a processor has no such call. Everything else is allowed: what ONNX Runtime
/// and the drivers of its providers call is not known as a whole.
/// </summary>
internal static class DeniedCalls
{
    /// <summary>Refused, whatever their arguments.</summary>
    public static readonly (ushort X64, ushort Arm64)[] Always =
    [
        // No network, nor another process by a socket in a folder. io_uring opens sockets of its own.
        (41, 198), (42, 203), (49, 200), (53, 199), // socket, connect, bind, socketpair
        (425, 425), (426, 426), (427, 427), // io_uring

        // No other program and no other process; clone is looked at below.
        (59, 221), (322, 281), (57, 0), (58, 0), // execve, execveat, fork, vfork

        // No look into other processes, and no word to them.
        (101, 117), (310, 270), (311, 271), (312, 272), // ptrace, process_vm_readv, process_vm_writev, kcmp
        (434, 434), (438, 438), (424, 424), (440, 440), (448, 448), // pidfd_open, pidfd_getfd, pidfd_send_signal, process_madvise, process_mrelease
        (200, 130), // tkill: it does not name the process
        (141, 140), (142, 118), (144, 119), (314, 274), (251, 30), // setpriority, sched_setparam, sched_setscheduler, sched_setattr, ioprio_set
        (256, 238), (279, 239), // migrate_pages, move_pages

        // What Landlock does not see: rights, owners, attributes and times of files.
        (90, 0), (91, 52), (268, 53), (452, 452), // chmod, fchmod, fchmodat, fchmodat2
        (92, 0), (93, 55), (94, 0), (260, 54), // chown, fchown, lchown, fchownat
        (188, 5), (189, 6), (190, 7), (197, 14), (198, 15), (199, 16), (463, 463), (466, 466), // setxattr…, removexattr…
        (132, 0), (235, 0), (261, 0), (280, 88), // utime, utimes, futimesat, utimensat

        // No other view of the system, and none of the parts of the kernel where faults are found most often.
        (272, 97), (308, 268), (165, 40), (166, 39), (155, 41), (161, 51), // unshare, setns, mount, umount2, pivot_root, chroot
        (428, 428), (429, 429), (430, 430), (442, 442), // open_tree, move_mount, fsopen, mount_setattr
        (321, 280), (298, 241), (323, 282), (304, 265), // bpf, perf_event_open, userfaultfd, open_by_handle_at
        (248, 217), (249, 218), (250, 219), // add_key, request_key, keyctl
    ];

    /// <summary>Refused unless their first argument is this process: kill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo.</summary>
    public static readonly (ushort X64, ushort Arm64)[] UnlessOwn = [(62, 129), (234, 131), (129, 138), (297, 240)];

    /// <summary>Refused unless their first argument is 0, which is the caller: prlimit64, and sched_setaffinity, which the runtime calls in each new thread.</summary>
    public static readonly (ushort X64, ushort Arm64)[] UnlessCaller = [(302, 261), (203, 122)];

    /// <summary>Refused unless it makes a thread: clone. The newer clone3, whose arguments a filter cannot see, is said not to exist; the C library then calls this one.</summary>
    public static readonly (ushort X64, ushort Arm64) Clone = (56, 220), Clone3 = (435, 435);
}
