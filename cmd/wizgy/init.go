package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// template is a small site.
//
//go:embed template
var template embed.FS

type initCommand struct {
	Folder string `arg:"" optional:"" default:"." help:"The folder; it is made if it is not there."`
}

// Run makes a site of a folder. What is there already stays as it is.
func (c *initCommand) Run(p *program) error { return makeTemplate(p, c.Folder) }

type newCommand struct {
	Name string `arg:"" help:"The folder to make."`
}

// Run makes a new folder with a site in it.
func (c *newCommand) Run(p *program) error {
	entries, err := os.ReadDir(c.Name)
	switch {
	case c.Name == "":
		return errors.New("new needs a name: write wizgy new mysite")
	case err == nil && len(entries) > 0:
		return fmt.Errorf("%s is there already: choose another name, or write wizgy init %s to add what is missing", c.Name, c.Name)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("cannot make a site in %s (%v): choose another name", c.Name, errors.Unwrap(err))
	}
	return makeTemplate(p, c.Name)
}

// makeTemplate puts the files of the template into a folder, and tells what it does.
func makeTemplate(p *program, folder string) error {
	err := fs.WalkDir(template, "template", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(folder, filepath.FromSlash(name[len("template"):]))
		if entry.IsDir() {
			return os.MkdirAll(to, 0o777)
		}
		text, err := template.ReadFile(name)
		if err != nil {
			return err
		}
		made, err := makeFile(to, text)
		switch {
		case err == nil && made:
			fmt.Fprintf(p.stdout, "created %s\n", to)
		case err == nil:
			fmt.Fprintf(p.stdout, "kept    %s, which is there already\n", to)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot make a site in %s: %w: look whether you may write there, or choose another folder", folder, err)
	}
	if files := (&site{dir: folder}).outside(); len(files) > 0 {
		fmt.Fprintf(p.stdout, "\nVisitors do not get what lies beside html/: move %s into it, with what belongs to it.\n", enumerate(files))
	}
	command := "wizgy dev"
	if folder = path.Clean(folder); folder != "." {
		command += " " + folder
	}
	fmt.Fprintf(p.stdout, "\nNow write: %s\n", command)
	return nil
}

// makeFile writes a file that is not there yet.
func makeFile(name string, text []byte) (made bool, err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = file.Write(text)
	return true, errors.Join(err, file.Close())
}
