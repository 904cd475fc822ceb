package main

import (
	"context"
	"errors"
	"log"
	"os"
	"slices"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// controller attaches and detaches in the order of calls of aws-ebs-csi-driver's pkg/cloud/cloud.go. It cannot list
// volumes, as that driver cannot, so the external-attacher never looks at EC2 by itself.
type controller struct {
	csi.UnimplementedControllerServer
	ec2       ec2
	failWhile string
	attaching time.Duration
	detaching time.Duration
}

func (controller) ControllerGetCapabilities(
	context.Context, *csi.ControllerGetCapabilitiesRequest,
) (*csi.ControllerGetCapabilitiesResponse, error) {
	rpc := &csi.ControllerServiceCapability_RPC{Type: csi.ControllerServiceCapability_RPC_PUBLISH_UNPUBLISH_VOLUME}
	can := &csi.ControllerServiceCapability{Type: &csi.ControllerServiceCapability_Rpc{Rpc: rpc}}
	return &csi.ControllerGetCapabilitiesResponse{Capabilities: []*csi.ControllerServiceCapability{can}}, nil
}

// ControllerPublishVolume is idempotent: what the instance already holds is waited for only.
func (c controller) ControllerPublishVolume(
	ctx context.Context, request *csi.ControllerPublishVolumeRequest,
) (*csi.ControllerPublishVolumeResponse, error) {
	device, err := c.attach(ctx, request.GetVolumeId(), request.GetNodeId())
	if err != nil {
		return nil, refusal("attach", request.GetVolumeId(), request.GetNodeId(), err)
	}
	return &csi.ControllerPublishVolumeResponse{PublishContext: map[string]string{"devicePath": device}}, nil
}

// ControllerUnpublishVolume takes what is already gone for success, and never forces.
func (c controller) ControllerUnpublishVolume(
	ctx context.Context, request *csi.ControllerUnpublishVolumeRequest,
) (*csi.ControllerUnpublishVolumeResponse, error) {
	if err := c.detach(ctx, request.GetVolumeId(), request.GetNodeId()); err != nil {
		return nil, refusal("detach", request.GetVolumeId(), request.GetNodeId(), err)
	}
	return &csi.ControllerUnpublishVolumeResponse{}, nil
}

func (c controller) attach(ctx context.Context, volume, node string) (string, error) {
	if err := c.told(); err != nil {
		return "", err
	}
	machine, err := c.ec2.instance(ctx, node)
	if err != nil {
		return "", err
	}
	device, held := machine.deviceOf(volume)
	if !held {
		device = machine.freeDevice()
		if err := c.ec2.attachVolume(ctx, volume, node, device); err != nil {
			return "", err
		}
		pause(ctx, c.attaching)
	}
	return device, poll(ctx, func() (bool, error) {
		state, err := c.ec2.attachmentState(ctx, volume, node)
		return state == "attached", err
	})
}

func (c controller) detach(ctx context.Context, volume, node string) error {
	if err := c.told(); err != nil {
		return err
	}
	if _, err := c.ec2.instance(ctx, node); err != nil {
		return unless(err, "InvalidInstanceID.NotFound")
	}
	if err := c.ec2.detachVolume(ctx, volume, node); err != nil {
		return unless(err, "IncorrectState", "InvalidAttachment.NotFound", "InvalidVolume.NotFound")
	}
	pause(ctx, c.detaching)
	return poll(ctx, func() (bool, error) {
		state, err := c.ec2.attachmentState(ctx, volume, node)
		return state == "", unless(err, "InvalidVolume.NotFound")
	})
}

// told returns an error while a test wants one.
func (c controller) told() error {
	if _, err := os.Stat(c.failWhile); err == nil {
		return errors.New("told to fail by " + c.failWhile)
	}
	return nil
}

// unless returns err, or nil where EC2's code is one of these.
func unless(err error, codes ...string) error {
	var refused apiError
	if errors.As(err, &refused) && slices.Contains(codes, refused.Code) {
		return nil
	}
	return err
}

// poll asks at 0, 1, 3, 6, 12, 22, … s, as the driver does, until done or until the caller has gone.
func poll(ctx context.Context, done func() (bool, error)) error {
	for delay := time.Second; ; delay = delay * 9 / 5 {
		if is, err := done(); is || err != nil {
			return err
		}
		pause(ctx, delay)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func pause(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

func refusal(act, volume, node string, err error) error {
	log.Printf("could not %s %s and %s: %v", act, volume, node, err)
	return status.Errorf(codes.Internal, "Could not %s volume %q, node %q: %v", act, volume, node, err)
}
