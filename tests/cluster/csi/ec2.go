package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const apiVersion = "2016-11-15"

// ec2 is EC2's query API, as much of it as is needed: the SDK's client takes minutes to build.
type ec2 struct {
	endpoint    string
	region      string
	credentials aws.Credentials
}

// apiError is what EC2 answers in place of what it was asked for.
type apiError struct {
	Code    string `xml:"Errors>Error>Code"`
	Message string `xml:"Errors>Error>Message"`
}

func (e apiError) Error() string { return e.Code + ": " + e.Message }

type instance struct {
	Devices []struct {
		Name   string `xml:"deviceName"`
		Volume string `xml:"ebs>volumeId"`
	} `xml:"blockDeviceMapping>item"`
}

func ec2FromEnvironment() ec2 {
	return ec2{
		endpoint: strings.TrimSuffix(os.Getenv("AWS_ENDPOINT_URL"), "/") + "/",
		region:   os.Getenv("AWS_REGION"),
		credentials: aws.Credentials{
			AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		},
	}
}

func (e ec2) instance(ctx context.Context, id string) (instance, error) {
	var found struct {
		Instances []instance `xml:"reservationSet>item>instancesSet>item"`
	}
	err := e.ask(ctx, "DescribeInstances", map[string]string{"InstanceId.1": id}, &found)
	if err == nil && len(found.Instances) == 0 {
		err = apiError{Code: "InvalidInstanceID.NotFound", Message: "nothing is described"}
	}
	if err != nil {
		return instance{}, err
	}
	return found.Instances[0], nil
}

func (e ec2) attachVolume(ctx context.Context, volume, node, device string) error {
	return e.ask(ctx, "AttachVolume", map[string]string{"VolumeId": volume, "InstanceId": node, "Device": device}, nil)
}

func (e ec2) detachVolume(ctx context.Context, volume, node string) error {
	return e.ask(ctx, "DetachVolume", map[string]string{"VolumeId": volume, "InstanceId": node}, nil)
}

// attachmentState returns the state of the attachment to node, empty for none.
func (e ec2) attachmentState(ctx context.Context, volume, node string) (string, error) {
	var found struct {
		Attachments []struct {
			Instance string `xml:"instanceId"`
			State    string `xml:"status"`
		} `xml:"volumeSet>item>attachmentSet>item"`
	}
	err := e.ask(ctx, "DescribeVolumes", map[string]string{"VolumeId.1": volume}, &found)
	for _, attachment := range found.Attachments {
		if attachment.Instance == node && attachment.State != "detached" {
			return attachment.State, err
		}
	}
	return "", err
}

// ask sends one signed request and reads the answer; errors of EC2 are apiError.
func (e ec2) ask(ctx context.Context, action string, parameters map[string]string, answer any) error {
	form := url.Values{"Action": {action}, "Version": {apiVersion}}
	for name, value := range parameters {
		form.Set(name, value)
	}
	status, body, err := e.send(ctx, form.Encode())
	log.Printf("%s %v: %d %v", action, parameters, status, err)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		refused := apiError{Code: fmt.Sprint(status), Message: string(body)}
		_ = xml.Unmarshal(body, &refused) // else the status and the text are the error
		return refused
	}
	if answer == nil {
		return nil
	}
	return xml.Unmarshal(body, answer)
}

func (e ec2) send(ctx context.Context, body string) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	hash := sha256.Sum256([]byte(body))
	err = v4.NewSigner().SignHTTP(
		ctx, e.credentials, request, hex.EncodeToString(hash[:]), "ec2", e.region, time.Now(),
	)
	if err != nil {
		return 0, nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, content, err
}

func (i instance) deviceOf(volume string) (string, bool) {
	for _, device := range i.Devices {
		if device.Volume == volume {
			return device.Name, true
		}
	}
	return "", false
}

// freeDevice returns the first name from /dev/xvdaa on that is free.
func (i instance) freeDevice() string {
	taken := map[string]bool{}
	for _, device := range i.Devices {
		taken[device.Name] = true
	}
	for first := 'a'; first <= 'd'; first++ {
		for second := 'a'; second <= 'z'; second++ {
			if name := fmt.Sprintf("/dev/xvd%c%c", first, second); !taken[name] {
				return name
			}
		}
	}
	return ""
}
