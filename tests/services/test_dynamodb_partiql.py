"""DynamoDB's PartiQL, as a client sees it."""

import threading
import unittest

from service_case import ServiceCase


class PartiQL(ServiceCase):
    options = {"data_dir": True}
    clients = {"client": "dynamodb"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.create_table(
            TableName="music", BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "year", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": "artist", "AttributeType": "S"}, {"AttributeName": "year", "AttributeType": "N"},
                                  {"AttributeName": "label", "AttributeType": "S"}],
            GlobalSecondaryIndexes=[{"IndexName": "by-label", "Projection": {"ProjectionType": "ALL"},
                                     "KeySchema": [{"AttributeName": "label", "KeyType": "HASH"}]}])

    def setUp(self):
        for item in self.client.scan(TableName="music")["Items"]:
            self.client.delete_item(TableName="music", Key={name: item[name] for name in ("artist", "year")})
        for year in range(5):
            self.client.put_item(TableName="music", Item={
                "artist": {"S": "a"}, "year": {"N": str(year)}, "label": {"S": "even" if year % 2 == 0 else "odd"},
                "deep": {"M": {"list": {"L": [{"N": "1"}, {"N": "2"}]}}}})

    def run_one(self, statement, *parameters, **more):
        if parameters:
            more["Parameters"] = list(parameters)
        return self.client.execute_statement(Statement=statement, **more)

    def years(self, statement, *parameters, **more):
        return [int(item["year"]["N"]) for item in self.run_one(statement, *parameters, **more)["Items"]]

    def item(self, year=0):
        return self.client.get_item(TableName="music", Key={"artist": {"S": "a"}, "year": {"N": str(year)}}).get("Item")

    def refused(self, code, statement, *parameters, message=None, **more):
        return super().refused(code, lambda: self.run_one(statement, *parameters, **more), message=message)

    def test_select(self):
        self.assertEqual(self.years("SELECT * FROM music WHERE artist = 'a'"), [0, 1, 2, 3, 4])
        self.assertEqual(self.years('SELECT "year" FROM "music" WHERE artist=? AND "year" > ? ORDER BY "year" DESC',
                                    {"S": "a"}, {"N": "1"}), [4, 3, 2])
        self.assertEqual(self.years("SELECT * FROM music WHERE artist = 'a' AND \"year\" BETWEEN 1 AND 2"), [1, 2])
        self.assertEqual(sorted(self.years("SELECT * FROM music.\"by-label\" WHERE label = 'odd'")), [1, 3])
        self.assertEqual(sorted(self.years("select * from music where \"year\" in [1, 3, 9] or not begins_with(label, 'o') and "
                                           "\"year\" >= 4")), [1, 3, 4])
        self.assertEqual(self.years("SELECT * FROM music WHERE artist = 'a' AND size(deep.list) = 2 AND deep.list[1] = 2 "
                                    "AND nothing IS MISSING AND label IS NOT MISSING AND \"year\" <> 0 AND \"year\" != 4"), [1, 2, 3])
        self.assertEqual(self.run_one("SELECT deep.list[0], artist FROM music WHERE artist = 'a' AND \"year\" = 1")["Items"],
                         [{"artist": {"S": "a"}, "deep": {"M": {"list": {"L": [{"N": "1"}]}}}}])
        self.assertEqual(self.years("SELECT * FROM music WHERE artist = 'it''s'"), [])

    def test_pages(self):
        statement, got, token = "SELECT * FROM music WHERE artist = 'a'", [], {}
        while True:
            page = self.run_one(statement, Limit=2, **token)
            got += [int(item["year"]["N"]) for item in page["Items"]]
            if "NextToken" not in page:
                break
            self.assertIn("LastEvaluatedKey", page)
            token = {"NextToken": page["NextToken"]}
        self.assertEqual(got, [0, 1, 2, 3, 4])
        self.refused("ValidationException", "SELECT * FROM music", NextToken=token["NextToken"])

    def test_insert(self):
        self.run_one("INSERT INTO music VALUE {'artist': 'b', 'year': 1, 'list': [1, 'x', true, null], 'map': {'k': -1.5e1}, "
                     "'set': <<'p', 'q'>>, 'more': ?}", {"B": b"\x00\xff"})
        item = self.client.get_item(TableName="music", Key={"artist": {"S": "b"}, "year": {"N": "1"}})["Item"]
        self.assertEqual(item["list"], {"L": [{"N": "1"}, {"S": "x"}, {"BOOL": True}, {"NULL": True}]})
        self.assertEqual((item["map"], item["more"]), ({"M": {"k": {"N": "-15"}}}, {"B": b"\x00\xff"}))
        self.assertEqual(set(item["set"]["SS"]), {"p", "q"})
        self.refused("DuplicateItemException", "INSERT INTO music VALUE {'artist': 'b', 'year': 1}",
                     message="Duplicate primary key exists in table")

    def test_update(self):
        where = " WHERE artist = 'a' AND \"year\" = 0"
        got = self.run_one("UPDATE music SET n = 1, s = <<1, 2>> SET deep.list = list_append(deep.list, [3]) REMOVE label" + where +
                           " RETURNING ALL NEW *")["Items"][0]
        self.assertEqual(got["deep"]["M"]["list"]["L"][2], {"N": "3"})
        self.assertNotIn("label", got)
        got = self.run_one("UPDATE music SET n = n + 41 SET s = set_add(s, <<5>>)" + where + " RETURNING MODIFIED OLD *")["Items"]
        self.assertEqual(got, [{"n": {"N": "1"}, "s": {"NS": ["1", "2"]}}])
        self.run_one("UPDATE music SET s = set_delete(s, <<1>>)" + where + " AND n = ?", {"N": "42"})
        self.assertEqual(set(self.item()["s"]["NS"]), {"2", "5"})
        failed = self.refused("ConditionalCheckFailedException", "UPDATE music SET n = 0" + where + " AND n = 1",
                              ReturnValuesOnConditionCheckFailure="ALL_OLD")
        self.assertEqual(failed["Item"]["n"], {"N": "42"})
        self.refused("ConditionalCheckFailedException", "UPDATE music SET n = 0 WHERE artist = 'a' AND \"year\" = 77")
        self.assertIsNone(self.item(77))
        self.refused("ValidationException", "UPDATE music SET n = 0 WHERE artist = 'a'",
                     message="Where clause does not contain a mandatory equality on all key attributes")

    def test_delete(self):
        got = self.run_one("DELETE FROM music WHERE artist = 'a' AND \"year\" = 0 RETURNING ALL OLD *")["Items"]
        self.assertEqual(got[0]["label"], {"S": "even"})
        self.run_one("DELETE FROM music WHERE artist = 'a' AND \"year\" = 0")
        self.refused("ConditionalCheckFailedException", "DELETE FROM music WHERE artist = 'a' AND \"year\" = 1 AND label = 'x'")
        self.assertIsNotNone(self.item(1))

    def test_batch(self):
        read = lambda year: {"Statement": "SELECT * FROM music WHERE artist = 'a' AND \"year\" = ?", "Parameters": [{"N": str(year)}]}
        got = self.client.batch_execute_statement(Statements=[read(1), read(99), {"Statement": "SELECT * FROM music"}])["Responses"]
        self.assertEqual((got[0]["TableName"], got[0]["Item"]["year"]), ("music", {"N": "1"}))
        self.assertNotIn("Item", got[1])
        self.assertEqual(got[2]["Error"]["Code"], "ValidationError")
        got = self.client.batch_execute_statement(Statements=[
            {"Statement": "INSERT INTO music VALUE {'artist': 'a', 'year': %d}" % year} for year in (1, 9)])["Responses"]
        self.assertEqual(got[0]["Error"]["Code"], "DuplicateItem")
        self.assertIsNotNone(self.item(9))

    def test_transaction(self):
        statements = ["EXISTS(SELECT * FROM music WHERE artist = 'a' AND \"year\" = 1 AND label = 'odd')",
                      "INSERT INTO music VALUE {'artist': 'a', 'year': 50}", "DELETE FROM music WHERE artist = 'a' AND \"year\" = 2"]
        run = lambda texts, **more: self.client.execute_transaction(TransactStatements=[{"Statement": text} for text in texts], **more)
        run(statements, ClientRequestToken="once")
        run(statements, ClientRequestToken="once")  # has no effect
        self.assertIsNotNone(self.item(50))
        self.assertIsNone(self.item(2))
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            run(["UPDATE music SET n = 1 WHERE artist = 'a' AND \"year\" = 1"] + statements[1:])
        self.assertEqual([r["Code"] for r in caught.exception.response["CancellationReasons"]], ["None", "DuplicateItem", "None"])
        self.assertNotIn("n", self.item(1))
        got = run(["SELECT label FROM music WHERE artist = 'a' AND \"year\" = %d" % year for year in (1, 2)])["Responses"]
        self.assertEqual(got, [{"Item": {"label": {"S": "odd"}}}, {}])

    def test_refusals(self):
        for statement in ("SELEC * FROM music", "SELECT * FROM music WHERE", "SELECT * FROM music WHERE artist = 'a",
                          "SELECT * FROM music WHERE artist = ?", "INSERT INTO music VALUE {'artist': 1}", "SELECT * FROM music extra",
                          "SELECT * FROM music WHERE " + "(" * 5000, "UPDATE music SET \"year\" = 1 WHERE artist = 'a' AND \"year\" = 1",
                          "SELECT * FROM music ORDER BY artist", "EXISTS(SELECT * FROM music WHERE artist = 'a' AND \"year\" = 1)"):
            self.refused("ValidationException", statement)
        self.refused("ResourceNotFoundException", "SELECT * FROM absent")

    def test_counters_add_up(self):
        self.run_one("UPDATE music SET n = 0 WHERE artist = 'a' AND \"year\" = 0")

        def add():
            client = self.server.client("dynamodb")
            for _ in range(10):
                client.execute_statement(Statement="UPDATE music SET n = n + 1 WHERE artist = 'a' AND \"year\" = 0")
        threads = [threading.Thread(target=add) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.item()["n"], {"N": "160"})


if __name__ == "__main__":
    unittest.main()
