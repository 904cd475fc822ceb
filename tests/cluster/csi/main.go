// A CSI controller that stands in for aws-ebs-csi-driver v1.62's: the real one takes too long to build for tests.
// EC2 is whatever listens at AWS_ENDPOINT_URL. local/controlplane/build.py builds it, and the real external-attacher.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
)

func main() {
	socket := flag.String("socket", "", "unix socket to listen at")
	failWhile := flag.String("fail-while", "", "while this file exists, nothing is attached or detached")
	attachSeconds := flag.Float64("attach-seconds", 0, "how long an attach lasts beyond EC2's own time")
	detachSeconds := flag.Float64("detach-seconds", 0, "how long a detach lasts beyond EC2's own time")
	flag.Parse()
	_ = os.Remove(*socket) // left by a run that was killed
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	csi.RegisterIdentityServer(server, identity{})
	csi.RegisterControllerServer(server, controller{
		ec2:       ec2FromEnvironment(),
		failWhile: *failWhile,
		attaching: seconds(*attachSeconds),
		detaching: seconds(*detachSeconds),
	})
	log.Fatal(server.Serve(listener))
}

func seconds(number float64) time.Duration {
	return time.Duration(number * float64(time.Second))
}
