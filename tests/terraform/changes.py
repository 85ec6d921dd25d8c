"""What an engineer changes in the fixture on a running day: sizes, versions, windows, tags, texts. AWS does each of
them in place (the provider's schemas: none of these arguments is ForceNew)."""

# (file, text, replacement), below fixtures/infrastructure
STATE = [
    ("state/main.tf", '"Encrypts the Terraform state"', '"Encrypts every Terraform state"'),
    ("state/main.tf", '    Purpose = "terraform-state"', '    Purpose = "terraform-state"\n    Team    = "platform"'),
    ("state/main.tf", '      kms_master_key_id = aws_kms_key.state.arn\n    }',
     '      kms_master_key_id = aws_kms_key.state.arn\n    }\n    bucket_key_enabled = true'),
    ("state/main.tf", "restrict_public_buckets = true", "restrict_public_buckets = false"),
    ("state/main.tf", '  tags = {\n    Purpose = "terraform-lock"',
     '  point_in_time_recovery {\n    enabled = true\n  }\n\n  ttl {\n    attribute_name = "ExpiresAt"\n'
     '    enabled        = true\n  }\n\n  deletion_protection_enabled = false\n\n  tags = {\n    Purpose = "state-lock"'),
]

ENVIRONMENT = [
    ("environments/dev/main.tf", 'ManagedBy   = "Terraform"', 'ManagedBy   = "Terraform"\n      CostCenter  = "4711"'),
    ("environments/dev/main.tf", "min = 1, desired = 2, max = 4", "min = 2, desired = 3, max = 6"),
    ("modules/network/main.tf", "map_public_ip_on_launch = true", "map_public_ip_on_launch = false"),
    ("modules/network/main.tf", 'Name = "${var.name}-public" }', 'Name = "${var.name}-open" }'),
    ("modules/kubernetes/main.tf", '"1.33"', '"1.34"'),
    ("modules/kubernetes/main.tf", '["api", "audit"]', '["api", "audit", "authenticator"]'),
    ("modules/kubernetes/main.tf", '["0.0.0.0/0"]', '["203.0.113.0/24"]'),
    ("modules/kubernetes/main.tf", 'workload = "general"', 'workload = "general", tier = "two"'),
    ("modules/kubernetes/main.tf", "max_unavailable = 1", "max_unavailable = 2"),
    ("modules/kubernetes/main.tf", "enable_key_rotation     = true", "enable_key_rotation     = false"),
    ("modules/kubernetes/main.tf", '  name               = "${var.name}-nodes"',
     '  name                 = "${var.name}-nodes"\n  max_session_duration = 7200\n  description          = "Workers"'),
    ("modules/database/main.tf", '"Database storage of ${var.name}"', '"The database of ${var.name}"'),
    ("modules/database/main.tf", '"db.t3.medium"', '"db.t3.large"'),
    ("modules/database/main.tf", "? 100 : 20", "? 100 : 40"),
    ("modules/database/main.tf", "? 1000 : 100", "? 1000 : 200"),
    ("modules/database/main.tf", "? 30 : 7", "? 30 : 14"),
    ("modules/database/main.tf", '"mon:04:00-mon:05:00"', '"sun:05:00-sun:06:00"'),
    ("modules/database/main.tf", '["postgresql", "upgrade"]', '["postgresql"]'),
    ("modules/database/main.tf", "  skip_final_snapshot             = true",
     "  skip_final_snapshot             = true\n  apply_immediately               = true"),
    ("modules/database/main.tf", "  from_port         = 5432\n  to_port           = 5432",
     '  from_port         = 5432\n  to_port           = 5433\n  description       = "PostgreSQL and its pooler"'),
    ("modules/database/main.tf", "  subnet_ids = var.subnet_ids\n",
     '  subnet_ids  = var.subnet_ids\n  description = "Data subnets"\n'),
    ("modules/database/main.tf", '  name                    = "${var.name}/database"',
     '  name                    = "${var.name}/database"\n  description             = "How to reach the database"'),
    ("modules/cache/main.tf", '"cache.t3.micro"', '"cache.t3.small"'),
    ("modules/cache/main.tf", '"Sessions and queues of ${var.name}"', '"Sessions of ${var.name}"'),
    ("modules/cache/main.tf", "? 5 : 1\n", "? 5 : 3\n  apply_immediately          = true\n"),
    ("modules/cache/main.tf", '"03:00-05:00"', '"02:00-04:00"'),
    ("modules/cache/main.tf", "  egress {",
     "  ingress {\n    from_port   = 16379\n    to_port     = 16379\n    protocol    = \"tcp\"\n"
     "    cidr_blocks = [var.cidr]\n  }\n\n  egress {"),
]

# Types that these changes must touch; a type that is missing here was changed by no call.
STATE_TYPES = {"aws_kms_key", "aws_s3_bucket", "aws_s3_bucket_server_side_encryption_configuration",
               "aws_s3_bucket_public_access_block", "aws_dynamodb_table"}
ENVIRONMENT_TYPES = {
    "aws_vpc", "aws_internet_gateway", "aws_subnet", "aws_eip", "aws_nat_gateway", "aws_route_table", "aws_iam_role",
    "aws_kms_key", "aws_eks_cluster", "aws_eks_node_group", "aws_db_subnet_group", "aws_security_group",
    "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule", "aws_db_instance",
    "aws_secretsmanager_secret", "aws_elasticache_subnet_group", "aws_elasticache_replication_group"}


def edit(workspace, edits):
    for file, text, replacement in edits:
        path = workspace.tree / file
        content = path.read_text()
        assert content.count(text) >= 1, "%s has no %r" % (file, text)
        path.write_text(content.replace(text, replacement))
