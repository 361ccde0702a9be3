package decode

import "strconv"

const typeMask = 0o170000 // S_IFMT

// fileTypes are the types of files by the four bits above the permissions.
var fileTypes = [16]string{
	0o01: "S_IFIFO", 0o02: "S_IFCHR", 0o04: "S_IFDIR", 0o06: "S_IFBLK", 0o10: "S_IFREG", 0o12: "S_IFLNK", 0o14: "S_IFSOCK",
}

// AppendMode appends a file's type and permissions: S_IFREG|0644. A mode without
// a type that is known is all octal.
func AppendMode(dst []byte, mode uint32) []byte {
	if name := fileTypes[mode&typeMask>>12]; name != "" {
		return appendOctal(append(append(dst, name...), '|'), uint64(mode&^typeMask))
	}
	return appendOctal(dst, uint64(mode))
}

// major is a device's driver, in the form of struct stat.
func major(dev uint64) uint64 { return dev>>8&0xfff | dev>>32&^0xfff }

// minor is the driver's number of a device.
func minor(dev uint64) uint64 { return dev&0xff | dev>>12&0xffffff00 }

func appendDevice(dst []byte, major, minor uint64) []byte {
	dst = append(strconv.AppendUint(dst, major, 10), ':')
	return strconv.AppendUint(dst, minor, 10)
}
