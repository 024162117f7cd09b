// pinns makes the namespaces of a pod and binds each to a file, where they stay when it ends. CRI-O calls it as its own
// pinns, which is written in C: https://github.com/cri-o/cri-o/tree/v1.36.1/pinns. User namespaces, which ask for two
// processes, are refused by name.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// kind is a kind of namespace: how it is asked for, made and found below /proc.
type kind struct {
	option string
	clone  int
	proc   string
}

var kinds = []kind{
	{option: "uts", clone: syscall.CLONE_NEWUTS, proc: "uts"},
	{option: "ipc", clone: syscall.CLONE_NEWIPC, proc: "ipc"},
	{option: "net", clone: syscall.CLONE_NEWNET, proc: "net"},
}

// choice is what an option says of a kind: absent, its own, or the host's.
type choice struct{ wanted, host bool }

func (c *choice) String() string   { return "" }
func (c *choice) IsBoolFlag() bool { return true }
func (c *choice) Set(value string) error {
	c.wanted, c.host = true, value == "host"
	return nil
}

// values is an option that may be given many times.
type values []string

func (v *values) String() string { return strings.Join(*v, " ") }
func (v *values) Set(value string) error {
	*v = append(*v, value)
	return nil
}

type request struct {
	folder, name string
	choices      []choice
	sysctls      values
}

func parse(arguments []string) (request, error) {
	wanted := request{choices: make([]choice, len(kinds))}
	var user choice
	options := flag.NewFlagSet("pinns", flag.ContinueOnError)
	options.StringVar(&wanted.folder, "d", "", "the folder of the files")
	options.StringVar(&wanted.name, "f", "", "the files' name")
	options.Var(&wanted.sysctls, "s", "a setting of the kernel, name=value")
	options.Var(&user, "user", "a user namespace")
	options.String("uid-mapping", "", "for a user namespace")
	options.String("gid-mapping", "", "for a user namespace")
	for index, one := range kinds {
		options.Var(&wanted.choices[index], one.option, "a namespace of that kind")
	}
	if err := options.Parse(arguments); err != nil {
		return wanted, err
	}
	if user.wanted {
		return wanted, errors.New("user namespaces of pods are not supported")
	}
	if wanted.folder == "" || wanted.name == "" {
		return wanted, errors.New("the folder (-d) and the name (-f) of the files are needed")
	}
	for _, one := range wanted.choices {
		if one.wanted {
			return wanted, nil
		}
	}
	return wanted, errors.New("no namespace is asked for")
}

// sysctlFile is the file of a setting below root: net.ipv4.ip_forward or net/ipv4/conf/eth0.100/forwarding.
func sysctlFile(root, name string) (string, error) {
	path := name
	if slash, dot := strings.Index(name, "/"), strings.Index(name, "."); slash < 0 || (dot >= 0 && dot < slash) {
		path = strings.NewReplacer(".", "/", "/", ".").Replace(name)
	}
	if path == "" || !filepath.IsLocal(path) {
		return "", fmt.Errorf("%q names no setting", name)
	}
	return filepath.Join(root, path), nil
}

func setSysctls(root string, settings []string) error {
	for _, setting := range settings {
		name, value, found := strings.Cut(setting, "=")
		if !found {
			return fmt.Errorf("%q is not name=value", setting)
		}
		file, err := sysctlFile(root, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(value), 0); err != nil {
			return err
		}
	}
	return nil
}

// bind binds a namespace of this thread to FOLDER/KINDns/NAME.
func bind(wanted request, one kind) error {
	folder := filepath.Join(wanted.folder, one.proc+"ns")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	path := filepath.Join(folder, wanted.name)
	file, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0)
	if err != nil {
		return err
	}
	file.Close()
	source := fmt.Sprintf("/proc/self/task/%d/ns/%s", syscall.Gettid(), one.proc)
	if err := syscall.Mount(source, path, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind %s to %s: %w", source, path, err)
	}
	return nil
}

func run(wanted request) error {
	// What unshare makes is the thread's alone.
	runtime.LockOSThread()
	flags := 0
	for index, one := range kinds {
		if wanted.choices[index].wanted && !wanted.choices[index].host {
			flags |= one.clone
		}
	}
	if err := syscall.Unshare(flags); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := setSysctls("/proc/sys", wanted.sysctls); err != nil {
		return err
	}
	for index, one := range kinds {
		if !wanted.choices[index].wanted {
			continue
		}
		if err := bind(wanted, one); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	wanted, err := parse(os.Args[1:])
	if err == nil {
		err = run(wanted)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pinns:", err)
		os.Exit(1)
	}
}
