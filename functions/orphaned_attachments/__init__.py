"""Releases the EBS volumes of dead nodes, and nothing of a machine that may live.

event     handler.on_event → respond → events.parse   EC2 says that an instance changes its state: an execution starts
evidence  run.look → evidence.gather                  EC2 (instances, volumes) and the cluster (census) are read
decision  decision.decide                             the verdict, and the next single act
effect    run.act → evidence, decision again → writes one write with preconditions, and the instance's state after it
proof     proofs                                      one log line an act; a message at the end (telling)
others    sweep (what no event told), console (plan, and what an apply asks for): the same evidence, the same decision
"""
