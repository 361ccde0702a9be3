// Package invoker knows the user who called tapir: what tapir starts for people runs in
// that user's name, also where sudo made tapir root. Start with Current.
package invoker

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// Invoker is the user who called tapir through sudo, in whose name commands run. Nil
// is tapir's own user.
type Invoker struct {
	credential *syscall.Credential
	home       string
	env        []string // replaces those variables of tapir's own
}

// Current is the user that this process's environment names.
func Current() (*Invoker, error) { return find(os.Getenv, os.Geteuid()) }

// find is the user that sudo's variables name, or nil: tapir was not called through
// sudo, or by root.
func find(getenv func(string) string, euid int) (*Invoker, error) {
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
	return &Invoker{c, u.HomeDir, []string{"HOME=" + u.HomeDir, "USER=" + u.Username, "LOGNAME=" + u.Username}}, nil
}

// Environment is a command's: tapir's own, with the invoker's identity and
// without the traces of sudo.
func (i *Invoker) Environment(own []string) []string {
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

// Attributes are how a command's process is made.
func (i *Invoker) Attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{}
	if i != nil {
		a.Credential = i.credential
	}
	return a
}

// UID is the user's id.
func (i *Invoker) UID() int {
	if i == nil {
		return os.Getuid()
	}
	return int(i.credential.Uid)
}

// Home is the user's own folder, "" if there is none.
func (i *Invoker) Home() string {
	if i != nil {
		return i.home
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return home
}

// Own gives a file to the user.
func (i *Invoker) Own(path string) error {
	if i == nil {
		return nil
	}
	return os.Lchown(path, int(i.credential.Uid), int(i.credential.Gid))
}
