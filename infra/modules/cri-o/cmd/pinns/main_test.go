package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOptionsAsCRIOGivesThem(t *testing.T) {
	wanted, err := parse([]string{"-d", "/var/run", "-f", "id", "-s", "net.ipv4.ip_forward=1", "-s", "kernel.shm_rmid_forced=0", "--ipc", "--uts=host", "--net"})
	if err != nil {
		t.Fatal(err)
	}
	if wanted.folder != "/var/run" || wanted.name != "id" || len(wanted.sysctls) != 2 {
		t.Error(wanted)
	}
	for index, expected := range []choice{{wanted: true, host: true}, {wanted: true}, {wanted: true}} {
		if wanted.choices[index] != expected {
			t.Errorf("%s: %v", kinds[index].option, wanted.choices[index])
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, arguments := range [][]string{
		{},
		{"-d", "/var/run", "-f", "id"},
		{"-f", "id", "--net"},
		{"-d", "/var/run", "--net"},
		{"-d", "/var/run", "-f", "id", "--net", "--user", "--uid-mapping=0-1-2"},
	} {
		if _, err := parse(arguments); err == nil {
			t.Errorf("%v is not refused", arguments)
		}
	}
}

func TestAUserNamespaceIsRefusedByName(t *testing.T) {
	_, err := parse([]string{"-d", "/var/run", "-f", "id", "--user", "--uid-mapping=0-1-2", "--gid-mapping=0-1-2"})
	if err == nil || err.Error() != "user namespaces of pods are not supported" {
		t.Error(err)
	}
}

func TestFilesOfSettings(t *testing.T) {
	for name, expected := range map[string]string{
		"net.ipv4.ip_forward":               "/proc/sys/net/ipv4/ip_forward",
		"net.ipv4.conf.eth0/100.forwarding": "/proc/sys/net/ipv4/conf/eth0.100/forwarding",
		"net/ipv4/conf/eth0.100/forwarding": "/proc/sys/net/ipv4/conf/eth0.100/forwarding",
		"kernel.shm_rmid_forced":            "/proc/sys/kernel/shm_rmid_forced",
	} {
		if file, err := sysctlFile("/proc/sys", name); err != nil || file != expected {
			t.Errorf("%s: %s %v", name, file, err)
		}
	}
	for _, name := range []string{"", "../etc/passwd", "/etc/passwd"} {
		if file, err := sysctlFile("/proc/sys", name); err == nil {
			t.Errorf("%q leads to %s", name, file)
		}
	}
}

func TestSettingsAreWritten(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "kernel", "one")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := setSysctls(root, []string{"kernel.one=2"}); err != nil {
		t.Fatal(err)
	}
	if content, _ := os.ReadFile(file); string(content) != "2" {
		t.Error(string(content))
	}
	if err := setSysctls(root, []string{"kernel.one"}); err == nil {
		t.Error("a setting without a value is not refused")
	}
}
