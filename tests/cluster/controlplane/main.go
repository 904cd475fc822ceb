// One program that is etcd, kube-apiserver, kube-controller-manager or kube-scheduler, by the name it is run under.
// local/controlplane/build.py builds it; local/controlplane/pin.py writes go.mod and go.sum anew.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	"k8s.io/kubernetes/pkg/controller/volume/attachdetach"

	// What the components' own main packages register beside their commands.
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

// maxWaitForUnmount shortens the 6 minutes after which the attach-detach controller detaches by force, which no flag
// does. For tests of the order of things, never for figures.
const maxWaitForUnmount = "PITCREW_MAX_WAIT_FOR_UNMOUNT"

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		run(apiserver.NewAPIServerCommand())
	case "kube-controller-manager":
		shortenTimer()
		run(controllermanager.NewControllerManagerCommand())
	case "kube-scheduler":
		run(scheduler.NewSchedulerCommand())
	default:
		fail("run me as etcd, kube-apiserver, kube-controller-manager or kube-scheduler, not as " + name)
	}
}

func run(command *cobra.Command) {
	os.Exit(cli.Run(command))
}

func shortenTimer() {
	wished := os.Getenv(maxWaitForUnmount)
	if wished == "" {
		return
	}
	wait, err := time.ParseDuration(wished)
	if err != nil {
		fail(maxWaitForUnmount + ": " + err.Error())
	}
	attachdetach.DefaultTimerConfig.ReconcilerMaxWaitForUnmountDuration = wait
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(2)
}
