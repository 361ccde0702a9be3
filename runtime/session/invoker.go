package session

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// invoker is the user who called tapir through sudo, in whose name -c's command
// runs.
type invoker struct {
	credential *syscall.Credential
	env        []string // replaces those variables of tapir's own
}

// findInvoker is the user that sudo's variables name, or nil: tapir was not
// called through sudo, or by root.
func findInvoker(getenv func(string) string, euid int) (*invoker, error) {
	uid := getenv("SUDO_UID")
	if euid != 0 || uid == "" || uid == "0" {
		return nil, nil
	}
	id, err := strconv.ParseUint(uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("SUDO_UID is %q: %w", uid, err)
	}
	u, err := user.LookupId(uid)
	if err != nil {
		return nil, fmt.Errorf("find the user that called sudo: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("the group of user %s is %q: %w", u.Username, u.Gid, err)
	}
	names, err := u.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("find the groups of user %s: %w", u.Username, err)
	}
	c := &syscall.Credential{Uid: uint32(id), Gid: uint32(gid)}
	for _, name := range names {
		if g, err := strconv.ParseUint(name, 10, 32); err == nil {
			c.Groups = append(c.Groups, uint32(g))
		}
	}
	return &invoker{c, []string{"HOME=" + u.HomeDir, "USER=" + u.Username, "LOGNAME=" + u.Username}}, nil
}

// environment is the command's: tapir's own, with the invoker's identity and
// without the traces of sudo.
func (i *invoker) environment(own []string) []string {
	if i == nil {
		return own
	}
	var env []string
	for _, v := range own {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "SUDO_") || name == "HOME" || name == "USER" || name == "LOGNAME" {
			continue
		}
		env = append(env, v)
	}
	return append(env, i.env...)
}

// attributes are how the command's process is made.
func (i *invoker) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{}
	if i != nil {
		a.Credential = i.credential
	}
	return a
}

// AsInvoker has a command run as -c's does: in the name of the user who called tapir.
func AsInvoker(c *exec.Cmd) error {
	i, err := current()
	if err != nil {
		return err
	}
	c.Env, c.SysProcAttr = i.environment(os.Environ()), i.attributes()
	return nil
}

// current is the user that this process's environment names.
func current() (*invoker, error) { return findInvoker(os.Getenv, os.Geteuid()) }
