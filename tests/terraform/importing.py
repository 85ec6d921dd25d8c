"""Takes what one Terraform state holds into another by import blocks, every AWS resource of it."""
import json

# The identifier that `terraform import` takes, where it is not the resource's id (the provider's documentation, section
# "Import" of each resource).
IDENTIFIERS = {
    "aws_db_instance": lambda values: values["identifier"],
    "aws_iam_role_policy_attachment": lambda values: values["role"] + "/" + values["policy_arn"],
    "aws_route": lambda values: values["route_table_id"] + "_" + values["destination_cidr_block"],
    "aws_route_table_association": lambda values: values["subnet_id"] + "/" + values["route_table_id"],
}

# Arguments that no call of AWS gives back (secrets, and what tells the provider how to act; an engine version "15" comes
# back as the one that runs): after an import they show as changes in place, on AWS too.
UNREADABLE = {
    "aws_db_instance": {"password", "engine_version", "skip_final_snapshot", "apply_immediately", "delete_automated_backups"},
    "aws_elasticache_replication_group": {"auth_token", "auth_token_update_strategy", "apply_immediately"},
    "aws_kms_key": {"deletion_window_in_days", "bypass_policy_lockout_safety_check"},
    "aws_s3_bucket": {"force_destroy"},
    "aws_secretsmanager_secret": {"recovery_window_in_days", "force_overwrite_replica_secret"},
    "aws_security_group": {"revoke_rules_on_delete"},
}


def resources(workspace, stack):
    """Every resource of the AWS provider in the state: address -> (type, values)."""
    _, text = workspace.run(stack, "show", "-json", "-no-color")
    found = {}

    def walk(module):
        for resource in module.get("resources", []):
            if resource["mode"] == "managed" and resource["type"].startswith("aws_"):
                found[resource["address"]] = (resource["type"], resource["values"])
        for child in module.get("child_modules", []):
            walk(child)

    walk(json.loads(text)["values"]["root_module"])
    return found


def without_aws(workspace, stack):
    """The state with no resource of AWS's left: what remains is Terraform's own (terraform_data, here passwords)."""
    _, text = workspace.run(stack, "state", "pull")
    state = json.loads(text)
    state["resources"] = [entry for entry in state["resources"] if entry["type"] == "terraform_data"]
    return state


def blocks(found):
    return "".join('import {\n  to = %s\n  id = %s\n}\n' % (
        address, json.dumps(IDENTIFIERS.get(kind, lambda values: values["id"])(values)))
        for address, (kind, values) in sorted(found.items()))


def import_all(source, original, target, stack):
    """Imports all that `original` holds in `stack` into `target`, a workspace of the same configuration with a state
    of its own. Returns the plan's complaints: resources that are not imported, or that would change in what AWS tells."""
    folder = target.tree / stack
    (folder / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    (folder / "terraform.tfstate").write_text(json.dumps(without_aws(original, stack)))
    (folder / "imports.tf").write_text(blocks(source))
    target.init(stack)
    target.run(stack, "plan", "-out=import.plan", "-input=false", "-no-color")
    complaints = []
    imported = set()
    for change in planned(target, stack, "import.plan"):
        kind, actions = change["type"], change["change"]["actions"]
        if not kind.startswith("aws_"):
            continue
        if change["change"].get("importing"):
            imported.add(change["address"])
        differing = differences(change["change"]) - UNREADABLE.get(kind, set())
        if actions not in (["no-op"], ["update"]) or differing:
            complaints.append("%s: %s %s" % (change["address"], "/".join(actions), sorted(differing)))
    complaints += ["%s: not imported" % address for address in sorted(set(source) - imported)]
    if not complaints:
        target.run(stack, "apply", "-input=false", "-no-color", "import.plan")
    return complaints


def planned(workspace, stack, plan):
    _, text = workspace.run(stack, "show", "-json", "-no-color", plan)
    return json.loads(text)["resource_changes"]


def differences(change):
    before, after, unknown = change["before"] or {}, change["after"] or {}, change.get("after_unknown") or {}
    return {name for name in set(before) | set(after)
            if before.get(name) != after.get(name) and unknown.get(name) is not True}
