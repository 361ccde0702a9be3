package collection

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Strange says why a file is not from the hands of a user or of root: another one owns
// it, or could have written it. It is "" if it is from theirs.
func Strange(info fs.FileInfo, uid int) string {
	owner, group, ok := ownerOf(info)
	mode := info.Mode().Perm()
	switch {
	case !ok:
		return "nobody knows whose it is"
	case owner != 0 && owner != uid:
		return fmt.Sprintf("it belongs to the user %d", owner)
	case mode&0o002 != 0:
		return "anybody may write to it"
	case mode&0o020 != 0 && group != 0 && group != owner: // a user's own group has the user's number
		return fmt.Sprintf("the group %d may write to it", group)
	}
	return ""
}

func ownerOf(info fs.FileInfo) (owner, group int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}

// sameHands reports whether a folder is from the hands of the one that owns a script.
func sameHands(script fs.FileInfo, dir string) bool {
	owner, _, ok := ownerOf(script)
	info, err := os.Stat(dir)
	return ok && err == nil && Strange(info, owner) == ""
}
