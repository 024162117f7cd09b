package main

import (
	"context"
	"log"

	"github.com/hetznercloud/terraform-provider-hcloud/hcloud"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
)

// resolver is what a provider that is served by several implementations offers besides.
type resolver interface {
	ResolveDispatch(*tfbridge.ProviderInfo) (muxer.DispatchTable, error)
}

// describe says how the cloud's resources are called in Pulumi, and which implementation serves each of them.
func describe(ctx context.Context) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            pf.MuxShimWithPF(ctx, shimv2.NewProvider(hcloud.Provider()), hcloud.NewPluginProvider()),
		Name:         "hcloud",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources:    map[string]*tfbridge.ResourceInfo{},
	}
	nameIdentifiers(&info)
	info.MustComputeTokens(tokens.SingleModule("hcloud_", "index", tokens.MakeStandard("hcloud")))
	info.MustApplyAutoAliases()
	info.SetAutonaming(255, "-")

	mux, ok := info.P.(resolver)
	if !ok {
		log.Fatal("the bridge no longer tells which implementation serves a resource")
	}
	table, err := mux.ResolveDispatch(&info)
	if err != nil {
		log.Fatal(err)
	}
	if err := metadata.Set(info.GetMetadata(), "mux", table); err != nil {
		log.Fatal(err)
	}
	return info
}

// nameIdentifiers makes strings of identifiers that the cloud counts in numbers, for Pulumi knows no others.
func nameIdentifiers(info *tfbridge.ProviderInfo) {
	info.P.ResourcesMap().Range(func(key string, resource shim.Resource) bool {
		id, ok := resource.Schema().GetOk("id")
		if ok && id.Type() != shim.TypeString {
			info.Resources[key] = &tfbridge.ResourceInfo{
				Fields: map[string]*tfbridge.SchemaInfo{"id": {Type: "string"}},
			}
		}
		return true
	})
}
