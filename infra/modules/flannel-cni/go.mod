module labwright.local/modules/flannel-cni

go 1.24.2

tool github.com/containernetworking/plugins/plugins/meta/flannel

// The last release of the CNI project that has the plugin; it has lived at flannel-io/cni-plugin since.
require github.com/containernetworking/plugins v0.9.1 // indirect

// Newer than the plugin asks for, so that it understands CNI 1.0.0.
require github.com/containernetworking/cni v1.1.2 // indirect

require (
	github.com/Microsoft/go-winio v0.4.11 // indirect
	github.com/Microsoft/hcsshim v0.8.6 // indirect
	github.com/buger/jsonparser v0.0.0-20180808090653-f4dd9f5a6b44 // indirect
	github.com/sirupsen/logrus v1.0.6 // indirect
	golang.org/x/crypto v0.0.0-20200622213623-75b288015ac9 // indirect
	golang.org/x/sys v0.0.0-20210423082822-04245dca01da // indirect
)
