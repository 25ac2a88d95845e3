"""Commands that reach for the host: each does its harm without a sandbox, and none in one."""

import os
import subprocess
import time

import pytest
from hostile.victim import SECRET, Attack, Victim, attempt, named
from patchwright.sandbox.base import Sandbox

FILES = [
    ".ssh/id_ed25519",
    ".aws/credentials",
    ".netrc",
    ".config/gh/hosts.yml",
    ".git-credentials",
    ".gnupg/private-keys-v1.d/k.key",
    ".mozilla/firefox/logins.json",
    ".bash_history",
    "project/app.py",
    "project-evil-twin/app.py",
]
READS = [
    *[Attack(f"cat {name}", f"cat $VICTIM/{name}") for name in FILES],
    Attack("through /proc/self/root", "cat /proc/self/root/$VICTIM/.netrc"),
    Attack("through the root of process 1", "cat /proc/$ONE/root/$VICTIM/.netrc"),
    Attack(
        "through the folder of process 1",
        "cat /proc/$ONE/cwd/.netrc /proc/$ONE/cwd/$VICTIM/.netrc /proc/$ONE/cwd/../../..$VICTIM/.netrc",
    ),
    Attack("through the root of any thread", "cat /proc/[0-9]*/task/*/root/$VICTIM/.netrc"),
    Attack(
        "through the folder of any process",
        "for p in /proc/[0-9]*/cwd; do cat $p/../../../../../../$VICTIM/.netrc; done",
    ),
    Attack("dots", "cat $(pwd | sed 's,[^/]*,..,g')/..$VICTIM/.netrc"),
    Attack("many slashes", "cat //////$VICTIM//.//.netrc"),
    Attack("a link", "ln -sfn $VICTIM/.netrc l && cat l; rm l"),
    Attack("a chain of links", "ln -sfn $VICTIM a; ln -sfn a b; ln -sfn b/.netrc c; cat c; rm a b c"),
    Attack("a link through process 1", "ln -sfn /proc/$ONE/root$VICTIM/.netrc l; cat l; rm l"),
    Attack("a link of a loop device's kind", "ln -sfn /dev/fd/../root$VICTIM/.netrc l; cat l; rm l"),
    Attack("a hard link", "ln $VICTIM/.netrc hard && cat hard; rm -f hard"),
    Attack(
        "a hard link by its descriptor",
        "import os; f = os.open(os.environ['VICTIM'] + '/.netrc', os.O_PATH); import ctypes; ctypes.CDLL(None).linkat(-100, b'/proc/self/fd/%d' % f, -100, b'h', 0x400); print(open('h').read()); os.unlink('h')",
    ),
    Attack("a search", "find $VICTIM /tmp/home /root/.ssh -type f -exec cat {} + 2>/dev/null"),
    Attack(
        "the dynamic loader",
        "$(ls /lib*/ld-linux* /lib/*/ld-linux* | head -1) $(command -v cat) $VICTIM/.netrc",
    ),
    Attack("a shell's own builtins", "while read -r line; do echo $line; done < $VICTIM/.netrc"),
    Attack(
        "python's own calls",
        "import os; d = os.open('/', os.O_RDONLY); f = os.open(os.environ['VICTIM'][1:] + '/.netrc', 0, dir_fd=d); print(os.read(f, 999))",
    ),
    Attack(
        "a descriptor's parent",
        "import os; d = os.open('.', os.O_PATH)\nfor _ in range(30): d = os.open('..', os.O_PATH, dir_fd=d)\nprint(os.read(os.open(os.environ['VICTIM'][1:] + '/.netrc', 0, dir_fd=d), 999))",
    ),
    Attack("tar", "tar -cf - -C / ${VICTIM#/}/.netrc"),
    Attack("git", "git -C $VICTIM/project log -p; git --git-dir=$VICTIM/project/.git show HEAD:app.py"),
    Attack("git diff without an index", "git diff --no-index /dev/null $VICTIM/.netrc"),
    Attack(
        "a file URL",
        "import os, urllib.request as u; print(u.urlopen('file://' + os.environ['VICTIM'] + '/.netrc').read())",
    ),
    Attack(
        "a mapped file",
        "import mmap, os; f = open(os.environ['VICTIM'] + '/.netrc'); print(mmap.mmap(f.fileno(), 0, prot=1).read())",
    ),
    Attack(
        "error messages",
        "sh $VICTIM/.netrc; python3 $VICTIM/.netrc; git -c include.path=$VICTIM/.netrc status",
    ),
    Attack(
        "whole mounts",
        "for m in $(cut -d' ' -f2 /proc/mounts; echo /tmp; echo /); do cat $m/${VICTIM#/tmp}/.netrc $m$VICTIM/.netrc; done",
    ),
    Attack("a name's length", "cd $VICTIM && cat $(printf './%.0s' $(seq 500)).netrc"),
    Attack("everyone's environment", "cat /proc/[0-9]*/environ | tr '\\0' '\\n'"),
    Attack("the environment of threads", "cat /proc/[0-9]*/task/*/environ"),
    Attack("a process's environment", "cat /proc/$PID/environ"),
    Attack(
        "a process's memory",
        "import os, re\npid = os.environ['PID']\nfor line in open(f'/proc/{pid}/maps'):\n    if '[stack]' in line:\n        a, b = (int(x, 16) for x in line.split()[0].split('-'))\n        f = open(f'/proc/{pid}/mem', 'rb'); f.seek(a); print(f.read(b - a))",
    ),
    Attack(
        "a process's memory by a system call",
        "import ctypes, os\npid = int(os.environ['PID'])\nline = next(l for l in open(f'/proc/{pid}/maps') if '[stack]' in l)\na, b = (int(x, 16) for x in line.split()[0].split('-'))\nheld = ctypes.create_string_buffer(b - a)\niov = lambda p: (ctypes.c_size_t * 2)(p, b - a)\nctypes.CDLL(None).process_vm_readv(pid, iov(ctypes.addressof(held)), 1, iov(a), 1, 0)\nprint(held.raw)",
    ),
    Attack(
        "a process's descriptors",
        "for f in /proc/[0-9]*/fd/*; do case $(readlink $f) in $VICTIM*) cat $f;; esac; done",
    ),
]
SOCKETS = [
    Attack(
        "a socket's path",
        "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['SOCKET']); print(s.recv(99))",
    ),
    Attack(
        "a link to a socket",
        "import os, socket\nos.symlink(os.environ['SOCKET'], 'l')\ntry: s = socket.socket(socket.AF_UNIX); s.connect('l'); print(s.recv(99))\nfinally: os.unlink('l')",
    ),
    Attack(
        "a socket through /proc",
        "import os, socket\nd = os.open(os.path.dirname(os.environ['SOCKET']), os.O_PATH)\ns = socket.socket(socket.AF_UNIX); s.connect(f'/proc/self/fd/{d}/docker.sock'); print(s.recv(99))",
    ),
    Attack(
        "an abstract socket",
        "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect('\\0' + os.environ['ABSTRACT']); print(s.recv(99))",
    ),
    Attack(
        "every abstract socket",
        "import socket\nfor line in open('/proc/net/unix'):\n    name = line.split()[-1]\n    if name.startswith('@patchwright'):\n        s = socket.socket(socket.AF_UNIX); s.connect('\\0' + name[1:]); print(s.recv(99))",
    ),
    Attack(
        "loopback",
        "import os, socket; print(socket.create_connection(('127.0.0.1', int(os.environ['TCP'])), 3).recv(99))",
    ),
    Attack(
        "loopback by another address",
        "import os, socket; print(socket.create_connection(('127.1', int(os.environ['TCP'])), 3).recv(99))",
    ),
    Attack(
        "loopback by its version 6 form",
        "import os, socket; print(socket.create_connection(('::ffff:127.0.0.1', int(os.environ['TCP'])), 3).recv(99))",
    ),
    Attack(
        "no address at all",
        "import os, socket; print(socket.create_connection(('0.0.0.0', int(os.environ['TCP'])), 3).recv(99))",
    ),
    Attack("a shell's own network", "exec bash -c 'cat < /dev/tcp/127.0.0.1/$TCP'"),
    Attack(
        "datagrams",
        "import os, socket; s = socket.socket(2, 2); s.settimeout(2); s.sendto(b'x', ('127.0.0.1', int(os.environ['UDP']))); print(s.recv(99))",
    ),
    Attack(
        "an address of every interface",
        "import os, socket, subprocess\nfor a in subprocess.run(['hostname', '-I'], capture_output=True, text=True).stdout.split() + ['127.0.0.1']:\n    try: print(socket.create_connection((a, int(os.environ['TCP'])), 2).recv(99))\n    except OSError as e: print(e)",
    ),
    Attack(
        "HTTP that is none",
        "import os, urllib.request as u\ntry: u.urlopen('http://127.0.0.1:' + os.environ['TCP'], timeout=3)\nexcept Exception as e: print(e)",
    ),
    Attack(
        "git's own protocol",
        "git ls-remote git://127.0.0.1:$TCP/x 2>&1 | grep -q 'bad line' && echo $GAINED",
        "gained",
    ),
    Attack(
        "a way out",
        "import os\nif len(open('/proc/net/dev').readlines()) > 3: print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "a route",
        "import os\nif len(open('/proc/net/route').readlines()) > 1: print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "a name server",
        "import os\nif os.path.exists('/etc/resolv.conf') and 'nameserver' in open('/etc/resolv.conf').read() and len(open('/proc/net/route').readlines()) > 1: print(os.environ['GAINED'])",
        "gained",
    ),
]
WRITES = [
    *[
        Attack(name, script, "changed")
        for name, script in {
            "append to the profile": "mkdir -p $VICTIM; echo evil >> $VICTIM/.bashrc",
            "append a key": "mkdir -p $VICTIM/.ssh; echo evil >> $VICTIM/.ssh/authorized_keys",
            "autostart": "echo evil > $VICTIM/.config/autostart/evil.desktop",
            "remove": "rm -rf $VICTIM/project",
            "rename": "mv $VICTIM/project $VICTIM/p",
            "link": "ln -s /x $VICTIM/link",
            "chmod": "chmod 4777 $VICTIM/.bashrc",
            "truncate": "truncate -s 0 $VICTIM/.netrc",
            "touch": "touch $VICTIM/new",
            "a pipe": "mkfifo $VICTIM/pipe",
            "dd": "echo evil | dd of=$VICTIM/.bashrc",
            "sed": "sed -i s/mine/evil/ $VICTIM/.bashrc",
            "tee": "echo evil | tee -a $VICTIM/.profile",
            "cp": "echo evil > e; cp e $VICTIM/.bashrc; rm e",
            "install": "echo evil > e; install -m 755 e $VICTIM/.profile; rm e",
            "tar": "echo evil > .bashrc; tar -c .bashrc | tar -x -C $VICTIM; rm .bashrc",
            "tar with dots": "echo evil > e; tar -cPf t --transform s,^,$VICTIM/, e; tar -xPf t; rm e t",
            "git commit": "git -C $VICTIM/project -c user.name=e -c user.email=e commit --allow-empty -m evil",
            "git hook": "echo evil > $VICTIM/project/.git/hooks/pre-commit",
            "git config": "git config -f $VICTIM/project/.git/config core.fsmonitor evil",
            "git init": "git init -q $VICTIM/evil",
            "git worktree elsewhere": "git init -q g; cd g; git --work-tree=$VICTIM config x.y z; echo e > .bashrc; git --work-tree=. add .bashrc; git --work-tree=$VICTIM checkout-index -f -a; cd ..; rm -rf g",
            "through a linked folder": "ln -sfn $VICTIM d; echo evil > d/.bashrc; rm d",
            "through a linked file": "ln -sfn $VICTIM/.bashrc f; echo evil > f; rm f",
            "through a dangling link": "ln -sfn $VICTIM/made f; echo evil > f; rm f",
            "through /proc/self/root": "echo evil > /proc/self/root$VICTIM/.bashrc",
            "through dots": "echo evil > $(pwd | sed 's,[^/]*,..,g')/..$VICTIM/.bashrc",
            "a link that is swapped": "ln -sfn /tmp d; (for i in $(seq 50); do ln -sfn $VICTIM d2; mv -T d2 d; ln -sfn /tmp d2; mv -T d2 d; done) & for i in $(seq 50); do echo evil > d/evil; done; wait; ln -sfn $VICTIM d; echo > d/evil; rm d",
        }.items()
    ],
    Attack("through process 1", "echo evil > /proc/$ONE/root$VICTIM/.bashrc", "changed"),
    Attack(
        "python's own calls",
        "import os; d = os.open(os.environ['VICTIM'], os.O_PATH); os.rename('.bashrc', 'gone', src_dir_fd=d, dst_dir_fd=d)",
        "changed",
    ),
    Attack(
        "a descriptor's parent",
        "import os; d = os.open('.', os.O_PATH)\nfor _ in range(30): d = os.open('..', os.O_PATH, dir_fd=d)\nos.close(os.open(os.environ['VICTIM'][1:] + '/evil', os.O_CREAT, dir_fd=d))",
        "changed",
    ),
    Attack("shutil", "import os, shutil; shutil.rmtree(os.environ['VICTIM'] + '/project')", "changed"),
    Attack(
        "a database",
        "import os, sqlite3; c = sqlite3.connect(os.environ['VICTIM'] + '/x.db'); c.execute('create table t (x)')",
        "changed",
    ),
    Attack(
        "extended attributes",
        "import os; os.setxattr(os.environ['VICTIM'] + '/.bashrc', 'user.evil', b'1'); os.utime(os.environ['VICTIM'] + '/.bashrc'); os.chmod(os.environ['VICTIM'] + '/.bashrc', 0)",
        "changed",
    ),
]
PROCESSES = [
    Attack("kill", "kill -9 $PID", "killed"),
    Attack("stop", "kill -STOP $PID", "killed"),
    Attack(
        "a handle",
        "import os, signal; signal.pidfd_send_signal(os.pidfd_open(int(os.environ['PID'])), 9)",
        "killed",
    ),
    Attack(
        "by name",
        "for p in /proc/[0-9]*; do [ \"$(tr '\\0' ' ' < $p/cmdline)\" = \"$NAME \" ] && kill -9 ${p#/proc/}; done; true",
        "killed",
    ),
    Attack(
        "ptrace",
        "import ctypes, os\npid = int(os.environ['PID'])\nif not ctypes.CDLL(None).ptrace(16, pid, 0, 0):\n    os.waitpid(pid, 0x40000000); ctypes.CDLL(None).ptrace(8, pid, 0, 0)",
        "killed",
    ),
    Attack(
        "a list",
        "import os\nif any(b'100000' in open(f'/proc/{p}/cmdline', 'rb').read() for p in os.listdir('/proc') if p == os.environ['PID']): print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "a signal's permission",
        "import os; os.kill(int(os.environ['PID']), 0); print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "scheduling",
        "import os; os.setpriority(os.PRIO_PROCESS, int(os.environ['PID']), 5); print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "limits",
        "import os, resource; resource.prlimit(int(os.environ['PID']), resource.RLIMIT_NOFILE, (512, 512)); print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "its choice for the killer of the hungry",
        "echo 500 > /proc/$PID/oom_score_adj && echo $GAINED",
        "gained",
    ),
    Attack(
        "its namespaces",
        "import os; os.readlink(f\"/proc/{os.environ['PID']}/ns/net\"); print(os.environ['GAINED'])",
        "gained",
    ),
]
OPENING = "import os\nfor f in {!r}:\n    try: os.open(f, os.O_WRONLY); print(os.environ['GAINED'], f)\n    except OSError as e: print(e)"
STATUS = "import os, re; s = open('/proc/self/status').read()\nif {}: print(os.environ['GAINED'])"
PRIVILEGES = [
    *[
        Attack(f"write {name}", OPENING.format(paths), "gained", "root")
        for name, paths in {
            "the kernel's settings": [
                *[f"/proc/sys/kernel/{n}" for n in ("core_pattern", "modprobe", "hotplug", "hostname")],
                *["/proc/sys/vm/overcommit_memory", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"],
                *["/proc/sys/fs/binfmt_misc/register", "/proc/sys/kernel/kptr_restrict", "/proc/mtrr"],
            ],
        }.items()
    ],
    Attack(
        "write into process 1",
        "import os\nfor f in ('mem', 'clear_refs', 'environ', 'root/tmp', 'oom_adj'):\n    try: os.open(f\"/proc/{os.environ['ONE']}/{f}\", os.O_WRONLY if f != 'root/tmp' else os.O_RDONLY); print(os.environ['GAINED'])\n    except OSError as e: print(e)",
        "gained",
    ),
    Attack(
        "write below /sys",
        "import os\nfor top, _, names in os.walk('/sys/kernel'):\n    for n in names[:20]:\n        try: os.close(os.open(f'{top}/{n}', os.O_WRONLY)); print(os.environ['GAINED']); os._exit(0)\n        except OSError: pass",
        "gained",
        "root",
    ),
    Attack(
        "control groups",
        "import os\nfor top, _, names in os.walk('/sys/fs/cgroup'):\n    for n in names:\n        if n in ('release_agent', 'cgroup.procs', 'tasks', 'notify_on_release'):\n            try: os.close(os.open(f'{top}/{n}', os.O_WRONLY)); print(os.environ['GAINED']); os._exit(0)\n            except OSError: pass",
        "gained",
        "root",
    ),
    Attack("a device of one's own", "mknod dev c 1 3 && echo $GAINED; rm -f dev", "gained", "root"),
    Attack(
        "a disk of one's own",
        "import os, stat\nos.mknod('disk', 0o600 | stat.S_IFBLK, os.makedev(7, 250)); print(os.environ['GAINED']); os.unlink('disk')",
        "gained",
        "root",
    ),
    Attack(
        "devices of the host",
        "import os, stat\nplain = 'null zero full random urandom tty ptmx console'.split()\nfor top, _, names in os.walk('/dev'):\n    for n in names:\n        mode = os.lstat(f'{top}/{n}').st_mode\n        if (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and n not in plain and top != '/dev/pts': print(os.environ['GAINED'], n)",
        "gained",
        "devices",
    ),
    Attack(
        "capabilities", STATUS.format("re.search(r'Cap(Eff|Prm|Bnd|Inh|Amb):\\s+0*[1-9a-f]', s)"), "gained"
    ),
    Attack(
        "capabilities of process 1",
        STATUS.replace("self", "1").format("re.search(r'Cap(Eff|Prm|Bnd|Inh|Amb):\\s+0*[1-9a-f]', s)"),
        "gained",
    ),
    Attack("new privileges", STATUS.format("'NoNewPrivs:\\t0' in s"), "gained"),
    Attack("no filter", STATUS.format("'Seccomp:\\t2' not in s"), "gained"),
    Attack("root by a number", "import os; os.setuid(0); print(os.environ['GAINED'])", "gained", "root"),
    Attack("groups", "import os; os.setgroups([0, 4, 27]); print(os.environ['GAINED'])", "gained", "root"),
    Attack(
        "root among the groups",
        "import os\nif 0 in (os.getuid(), os.getgid(), *os.getgroups()): print(os.environ['GAINED'])",
        "gained",
        "root",
    ),
    Attack(
        "a file given away",
        "touch f; chown 0:0 f && [ $(stat -c %u f) = 0 ] && cd / && echo $GAINED; rm -f f",
        "gained",
        "root",
    ),
    Attack(
        "a program with capabilities",
        "cp /bin/sleep t; setcap cap_net_raw+ep t && echo $GAINED; python3 -c \"import os; os.setxattr('t', 'security.capability', bytes.fromhex('0100000200200000000000000000000000000000'))\" && echo $GAINED; rm -f t",
        "gained",
        "root",
    ),
    Attack("a namespace of one's own", "unshare -Ur true && echo $GAINED", "gained"),
    Attack("a mount", "unshare -m sh -c 'mount -t tmpfs none /mnt' && echo $GAINED", "gained", "root"),
    Attack(
        "a new root",
        "mkdir -p r; chroot r /nothing 2>&1 | grep -q 'No such file' && echo $GAINED; rmdir r",
        "gained",
        "root",
    ),
    Attack("the namespaces of process 1", "nsenter -t $ONE -m true && echo $GAINED", "gained", "root"),
    Attack(
        "the trace of process 1",
        "import os; p = '/proc/' + os.environ['ONE']; os.listdir(p + '/fd'); os.readlink(p + '/exe'); print(os.environ['GAINED'])",
        "gained",
    ),
    Attack("the kernel's log", "dmesg > /dev/null && echo $GAINED", "gained", "root"),
    Attack(
        "a raw socket",
        "import os, socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); print(os.environ['GAINED'])",
        "gained",
        "root",
    ),
    Attack(
        "a packet socket",
        "import os, socket; socket.socket(17, 3, 0); print(os.environ['GAINED'])",
        "gained",
        "root",
    ),
    Attack(
        "a socket to the hypervisor",
        "import os, socket; socket.socket(40, 1); print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "a keyring",
        "import ctypes, os\nif ctypes.CDLL(None).syscall(248, b'user', b'patchwright', b'x', 1, -2) > 0: print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "the clock",
        "import os, time; time.clock_settime(time.CLOCK_REALTIME, time.time()); print(os.environ['GAINED'])",
        "gained",
        "clock",
    ),
    Attack("a high priority", "import os; os.nice(-5); print(os.environ['GAINED'])", "gained", "root"),
    Attack(
        "locked memory",
        "import ctypes, os\nheld = ctypes.create_string_buffer(64 << 20)\nif not ctypes.CDLL(None).mlock(held, 64 << 20): print(os.environ['GAINED'])",
        "gained",
        "root",
    ),
    Attack(
        "a core file",
        "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)); print(os.environ['GAINED'])",
        "gained",
    ),
    Attack(
        "write the system's programs",
        "[ -w /usr/bin ] || [ -w /usr/lib ] && [ $(id -u) = 0 ] && echo $GAINED; touch /usr/bin/.x && rm /usr/bin/.x",
        "gained",
        "root",
    ),
]
ALL = [*READS, *SOCKETS, *WRITES, *PROCESSES, *PRIVILEGES]


def env(victim: Victim, attack: Attack, one: int) -> dict[str, str]:
    """What an attack is told: whom to attack, and which process it takes for the one that holds the sandbox."""
    found = victim.env | {"PID": str(victim.process.pid), "ONE": str(one), "NAME": " ".join(victim.command)}
    if attack.harm != "gained":
        del found["GAINED"]
    return found


@named(ALL)
def test_inside_it_does_no_harm(attack: Attack, inside: Sandbox, victim: Victim) -> None:
    assert victim.harm(attempt(inside, attack, env(victim, attack, 1))) == set()


def test_a_command_s_environment_holds_no_secret_with_and_without_a_sandbox(
    inside: Sandbox, unprotected: Sandbox
) -> None:
    look = "env; export -p; cat /proc/self/environ"
    assert SECRET in subprocess.run(["sh", "-c", look], capture_output=True, text=True).stdout
    for sandbox in (inside, unprotected):
        output = attempt(sandbox, Attack("the caller's environment", look), {})
        assert ("PATH=" in output, SECRET in output) == (True, False)


@named([a for a in ALL if a.needs in ("", "root")])
def test_without_a_sandbox_it_does(attack: Attack, unprotected: Sandbox, victim: Victim) -> None:
    if attack.needs and os.geteuid() != 0:
        pytest.skip(f"needs {attack.needs}")
    output = attempt(unprotected, attack, env(victim, attack, victim.process.pid))
    ends = time.monotonic() + 60
    while not (harm := victim.harm(output)) and time.monotonic() < ends:
        time.sleep(0.05)  # on a busy machine a signal takes effect when its process has its turn
    assert harm == {attack.harm}, output
