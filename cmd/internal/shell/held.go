package shell

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"tapir/runtime/invoker"
)

// startHeld starts a command, which stops before it does anything.
func startHeld(command string) (*exec.Cmd, error) {
	c := exec.Command("/bin/sh", "-c", `kill -STOP $$; exec /bin/sh -c "$1"`, "sh", command)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	user, err := invoker.Current()
	if err != nil {
		return nil, err
	}
	c.Env, c.SysProcAttr = user.Environment(os.Environ()), user.Attributes()
	c.SysProcAttr.Setpgid = true // a ^C at the prompt is not meant for it
	if err := c.Start(); err != nil {
		return nil, err
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(c.Process.Pid, &status, unix.WUNTRACED, nil); err != nil {
		return nil, fmt.Errorf("wait for the command: %w", err)
	}
	if !status.Stopped() {
		return nil, fmt.Errorf("the command ended at once")
	}
	return c, nil
}

// letGo lets a held command run.
func letGo(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGCONT) }
