// Package watch tells which files below some folders have changed, in batches of paths.
//
// A [Watcher] watches folders, not files, so that every way of saving is seen: in place, by a
// temporary file and a rename, by deleting and creating. Folders that appear are watched at once
// and their contents reported, since they may be older than the watch.
//
// A root may be missing, may be moved away and come back, and any part of its path may be a
// symbolic link that is switched to another folder, as deployments do: the folders along the path
// are watched too, only for the names that the path depends on. A symbolic link below a root is
// followed, to a folder or to a file, and what changes behind it is reported under the path that
// goes through the link. A link to a folder that it lies in itself is not followed.
//
// Folders named .git and node_modules are not entered below a root: they can be huge, and nothing
// in them is edited by hand. [Watcher.Add] watches one of their folders nevertheless.
//
// Changes of permissions or owners alone are not reported. Nothing else is filtered: the files
// that editors use for themselves (4913, page.js~, .page.js.swp) are paths like any other.
//
// Where the kernel has no watch to give, the folder is looked at every two seconds instead, and a
// warning says which limit to raise. Folders on disks of other machines, and others of which the kernel
// does not tell all, are looked at as well, and so are, up to a number, those that are watched: a change
// that was not told is found, and the first time that is said.
package watch
