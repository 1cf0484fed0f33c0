package watch

import "golang.org/x/sys/unix"

// remoteKinds are the file systems of which inotify tells only what is done to them from here.
var remoteKinds = map[uint32]string{
	unix.NFS_SUPER_MAGIC:   "NFS",
	unix.SMB_SUPER_MAGIC:   "SMB",
	unix.SMB2_SUPER_MAGIC:  "SMB",
	unix.CIFS_SUPER_MAGIC:  "SMB",
	unix.V9FS_MAGIC:        "9p, as in WSL and virtual machines",
	unix.FUSE_SUPER_MAGIC:  "FUSE, as in Docker Desktop, virtual machines and sshfs",
	unix.CEPH_SUPER_MAGIC:  "Ceph",
	unix.AFS_SUPER_MAGIC:   "AFS",
	unix.AFS_FS_MAGIC:      "AFS",
	unix.CODA_SUPER_MAGIC:  "Coda",
	unix.OCFS2_SUPER_MAGIC: "OCFS2",
	0x786f4256:             "a shared folder of VirtualBox",
	0xbacbacbc:             "a shared folder of VMware",
	0x7c7c6673:             "a shared folder of Parallels",
	0x53464846:             "a drive of Windows, in WSL",
	0x01161970:             "GFS2",
	0x0bd00bd0:             "Lustre",
	0x47504653:             "GPFS",
}

// remoteKind says what kind of file system a folder is on, if it is one of those, or "".
func remoteKind(path string) string {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return ""
	}
	return remoteKinds[uint32(st.Type)]
}
