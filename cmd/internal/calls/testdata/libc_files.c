// What the C library makes of its functions for files.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
	char buf[64];
	struct stat st;

	// Memory that nobody has touched yet can't be read when a call begins: the
	// first one brings in the page with the strings.
	access("none", F_OK);

	int fd = open("file", O_RDWR | O_CREAT, 0640);
	//staptest// [[[[open (!!!!openat (AT_FDCWD, ]]]]"file", O_RDWR|O_CREAT, 0640) = NNNN
	write(fd, "some text\n", 10);
	//staptest// write (NNNN, "some text\n", 10) = 10
	lseek(fd, 2, SEEK_SET);
	//staptest// lseek (NNNN, 2, SEEK_SET) = 2
	read(fd, buf, 4);
	//staptest// read (NNNN, XXXX, 4) = 4
	pread(fd, buf, 4, 1);
	//staptest// pread (NNNN, XXXX, 4, 1) = 4
	pwrite(fd, "x", 1, 3);
	//staptest// pwrite (NNNN, "x", 1, 3) = 1
	struct iovec iov[2] = {{"ab", 2}, {"cde", 3}};
	writev(fd, iov, 2);
	//staptest// writev (NNNN, XXXX, 2) = 5
	fstat(fd, &st);
	//staptest// [[[[fstat (NNNN, XXXX)!!!!fstatat (NNNN, [[[[""!!!!XXXX]]]], XXXX, AT_EMPTY_PATH)]]]] = 0
	stat("file", &st);
	//staptest// [[[[stat ("file", XXXX)!!!!fstatat (AT_FDCWD, "file", XXXX, 0x0)]]]] = 0
	lstat("none", &st);
	//staptest// [[[[lstat ("none", XXXX)!!!!fstatat (AT_FDCWD, "none", XXXX, AT_SYMLINK_NOFOLLOW)]]]] = -NNNN (ENOENT)
	ftruncate(fd, 3);
	//staptest// ftruncate (NNNN, 3) = 0
	dup2(fd, 77);
	//staptest// dup2 (NNNN, 77) = 77
	fcntl(fd, F_GETFL);
	//staptest// fcntl (NNNN, F_GETFL, XXXX) = NNNN
	close(77);
	//staptest// close (77) = 0
	mkdir("dir", 0700);
	//staptest// mkdir ("dir", 0700) = 0
	rename("dir", "moved");
	//staptest// rename ("dir", "moved") = 0
	rmdir("moved");
	//staptest// [[[[rmdir ("moved")!!!!unlinkat (AT_FDCWD, "moved", AT_REMOVEDIR)]]]] = 0
	symlink("file", "link");
	//staptest// symlink ("file", "link") = 0
	readlink("link", buf, sizeof buf);
	//staptest// readlink ("link", XXXX, 64) = 4
	access("file", R_OK | W_OK);
	//staptest// access ("file", R_OK|W_OK) = 0
	chmod("file", 0600);
	//staptest// chmod ("file", 0600) = 0
	umask(077);
	//staptest// umask (077) = 0NNNN
	DIR *d = opendir(".");
	//staptest// [[[[open (!!!!openat (AT_FDCWD, ]]]]".", O_RDONLY|O_NONBLOCK|.*O_DIRECTORY|O_CLOEXEC) = NNNN
	readdir(d);
	//staptest// getdents (NNNN, XXXX, NNNN) = NNNN
	closedir(d);
	//staptest// close (NNNN) = 0
	unlink("link");
	//staptest// unlink ("link") = 0
	remove("file");
	//staptest// unlink ("file") = 0
	return 0;
	//staptest// exit_group (0) = ?
}
