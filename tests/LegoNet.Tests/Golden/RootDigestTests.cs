using System.Security.Cryptography;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Demo;
using LegoNet.Tests.Support;
using LegoNet.TestSupport.Golden;

namespace LegoNet.Tests.Golden;

/// <summary>Every task and every built-in encoder: the bytes of a model stay as they are, on every machine.</summary>
public class RootDigestTests
{
    private const int CardFrom = 20;
    private const int CardTo = 10;

    // Numbers in three codings, categories, crosses, and every treatment of what is missing or unknown.
    private const string Tabular = """
        {
          "type": "tabular",
          "columns": [
            {"name": "age", "min": 0, "max": 90, "amplitude": 100},
            {"name": "age", "edges": [20, 40.5, 60], "coding": "thermometer"},
            {"name": "age", "edges": [30, 50, 70], "coding": "ordinal"},
            {"name": "age", "edges": [25, 65]},
            {"name": "job", "categories": ["clerk", "nurse", "smith"], "missing": "zero"},
            {"name": "town", "categories": ["Rome", "Ørsted"], "unknown": "zero", "amplitude": 90},
            {"cross": ["job", "town"]}
          ]
        }
        """;

    // Shards of about 20 rows are shorter than 64 codes (dual solves) and longer than 8 (primal ones). With every adapter active and 3 codes, sums are
    // kept from 128 rows on; adding to 125 records crosses that. Of 3 records most adapters are empty.
    [Theory]
    [InlineData("multiclass", "vector 64", "gaussian", 60, new[]
    {
        "7e7a961c0424bc531d3072a0292e9fbbda6c53e1a1696bf92bb492fd5ace7cd1",
        "1c0e51e3b54906626a70c0ede8bff9dfd1b8fc9b5219755037ed2d1931684479",
        "95078ad1fe7447feb23345b55d15d7865df830038615eb5cb22ef195335cab79",
        "3c1b1e5cbf199d32682308bcbb4db2c36639cb78335ae2eaf4e72601e762e3d2",
        "5bc80fb26d326211c9801602e4a5c42dac2de8c81fac0444d602735239992bd8",
        "c25bbbb6b2eea8a24dfa4bd8095aea9260762bdb3adb65bfe102d8caf97c0c1e",
    })]
    [InlineData("binary", "vector 64", "gaussian", 60, new[]
    {
        "462345bdb36d46fa779ed179598ec4c4d3c2bebe062f1b5492ee9516bfc61930",
        "e851c126cd6d63bc549ca61c0d3dbe5776a70813bddc48a5f08cc39be134827a",
        "721ef006fa09668773d686372cfd2e5f20e562e8a42ad2d2c31d4490cc3cbaf5",
        "d15dc3e5fdc64b951c85742957a8cc355b6a2dc92b7dc541e11f34b0fdedf2dd",
        "68d68c027803591b6984e78ceb55ef077647474cb2050ea4e7c2a9e571f028ad",
        "72307ef53fe564be8f0723f91457af8ff52a674ab75b6ff18d1a3cd848b186a4",
    })]
    [InlineData("multilabel", "vector 64", "gaussian", 60, new[]
    {
        "99d39783b5052c3881f0921de5c4bf47369cd7aa129330f4844a0bc5e0dd265e",
        "3c8a195895b4d253bfb3d619ebbf6abaec9c802e7d58460f9c992cf86d88da03",
        "026c94ea2e5d7fb21c443e3284a52fc738581bdfc034b3ff2d875b551a218d03",
        "7fb7c30f5caab22c075354d7259d39e12be824e5c50a46f4db307e3a97697811",
        "5921613b045784b840f50193874d755eade46b2dfc8fa178a3bd57c7d66b262b",
        "5e42b2075721b592bf8f2aede36d94079c3a66018e12f27196889b2d45aa56be",
    })]
    [InlineData("regression", "vector 64", "gaussian", 60, new[]
    {
        "b4be2e0a523894d99a058789b7db3aca6ce909d1a827503be39707fd2076542d",
        "9e1463329bcd6f424af1020d1efd08b057df924264405713edb5660adaadad40",
        "555a2ab9d74c4b7caa6e32efddf0bc6417494ef38aeaf1619acc31b0d75a8de7",
        "9ecc4d59a14ea6c87de91b1259dd87b6888fa8de449a16d22c72aca81891b532",
        "bcaabc29cb3bbe97b048ddfbb786f033311a37c9f68919162ab0488ea51ce691",
        "68bccc087e35ef0d17a8694b1e4ef023c78c9e9c372e5ed80f9eadeb28e44f27",
    })]
    [InlineData("multiclass", "vector 8", "gaussian", 60, new[]
    {
        "8b7448dcaab1e478bfa7e5aa839570fcb30fd9c546e89e8ec7ea59a619e14936",
        "c6f133588b1ba3ec88b72e5a97d263f2e7bf9e207bcd10367b4f81d30e048a16",
        "aea3dfe10303363388222223536f9d002bbfcf74dc3a6c61897f917346be9ca8",
        "f0d035d086dbc7a75ff91405f5e564aed15938b132a60b668a0983b9d7da989b",
        "8f466fd643308549034946f59f524e4a86fce5eb827a00cb264aa4517b42cc87",
        "4b550f74c07d3a390e21d93b08f429d73781288e59337a3e72144409c772c8fe",
    })]
    [InlineData("binary", "vector 8", "gaussian", 60, new[]
    {
        "f3d3b26ddae4ce17a55b33d4525186afa24f4df64e7048aaa6cb0cf79a5c7700",
        "16410500f795048f5c994e50813834e95ffc5e4f1b8e0fc6545075513e85564f",
        "3a4861134dd6c706ef6adb8e4a1fb92d9294e86b74f8dd9bf0a3646773480330",
        "476b23197e664eb393c91248a8065badcb30598686f9eaa6d41cb5011b3bacee",
        "a1d1b5cdf3d61e8b458c0e76a6ddbf87a90579a178e55ea8c1845b55c0a561f2",
        "ee6c5cbeca368aca36eb15f2002785b42d0b60a7938d7042592bb0d90b1879c9",
    })]
    [InlineData("multilabel", "vector 8", "gaussian", 60, new[]
    {
        "95c156d834dbbe692580b0acbd95547db6793dd44c447a6211ee391a8d6793bb",
        "3bb911f7a43a08d40b6705e0798dc0443c96d1d1a8988bf5e59ca3d6b9875933",
        "fae67c15f681f04a4d4ca79f7d15ae0e34bdd2df8415aa25572c31587eeb3a0c",
        "f4c822eae0fde69d97d2dbebf9b00c3a2111c842d1398abb89dfd595335e7cb3",
        "002cf79db08450e91d00b474784ddf37cae9fa71d1f2265bb7b7323f89eb2471",
        "19d2edcf86d963bcbc5d1ad119df333489785da3c3695999b6f71d58b961181b",
    })]
    [InlineData("regression", "vector 8", "gaussian", 60, new[]
    {
        "0d26e5b1b95266271eecc09c440d41d8d4ee6061e8451ff314fa8644972d4b44",
        "a935c60c6999b07713dde0df8b09eadf744d34fa6e394dee3669bd53f9721826",
        "01fa8bf202c55e6b965068bb376c4da2e42ad53935cb051589291ad6565354f3",
        "16fe0eb34f4a0f9ea7a78f968f7b92216f460e23bf928d6ca39e369165249cff",
        "258dead8af06299935e8701f96ff6d6ae0e350d77e141572b37177a0163fcb6b",
        "5d9b6c341c714adb611bfc68fee6a734964619e4d2f68ff838761686b877bdf2",
    })]
    [InlineData("multiclass", "vector 3", "every adapter", 150, new[]
    {
        "26c8a79b8177aa1b9a6ffa9e1fb40e79c9e67200c9125b28e49d61d497af29bb",
        "f6b5c4c7e9ad634de3cab85d2e912fd5538ce00d54d1ece19e41be8e5b531a64",
        "9b4fc989db96a6376f4bb0b06b70bd7bcb0e016e2a75322f581a0c44c316a9f0",
        "932c8d823074c44c8307a4da0c7881a9e11bb5908fbec0c07e004eef2023c50d",
        "1b42610a3ade0d98675107719505773d161d21d830d223ba6da7edb449be8055",
        "a02581ef6261b194456ed410693bde99e9557bcda49c7e43cfc1e27b311f0439",
    })]
    [InlineData("binary", "vector 3", "every adapter", 150, new[]
    {
        "81d800780711480fd712f16f27e8e8dc947e8db6789bffdb49e5b2202c84da38",
        "063ba6f84facd0161249b9447b8ad037efa1c33dd793651957da3df26616437f",
        "37b8b41fb7a220312c86750b81aae629f01413b31706a63480b04e37e4423eca",
        "6cbf2efcafd1d2ee06b23d6ba0e9c7bf2340494ac9a8f5b6b3a3e30166946ee1",
        "10553e80a8ab72eedb98bda4165c01aacf0e15960b4092adeaf175ef4e803a80",
        "95f60e358be3502142f828d538cb627f8671163837301d7996f3e0ccba25022c",
    })]
    [InlineData("multilabel", "vector 3", "every adapter", 150, new[]
    {
        "4cc715f350e0fe1861b3d9f29793f1188d81f6895363154905a4b0e093904a63",
        "9206870d835c0728b7b9049133b2470721bedf072c74bff8751641950b9d6538",
        "368e7a78f64483415667ee29967cf8b1c640c4c04e3f55e04f1318a1c888c9ea",
        "26a1371dd05e6796fa61ef7dd6fb386309c452a21e53c52e8cadedeacaa29f33",
        "e91fa038a13c2f32319a10e7144082bbf6ecc23ab578deea72df1f312b330132",
        "a58a50880e3918bbec30a315148041355a9e93d0d509b36c6d9e0d00fe1b1e1c",
    })]
    [InlineData("regression", "vector 3", "every adapter", 150, new[]
    {
        "a0febf76470b0ae82460dd76d046e1e360179a438e6c5eec3fd291043608fa73",
        "820a05fd4b03385b96287e4f80aaa897a7fb0d2ffbd7f51e3d6851c09f370c1f",
        "34f25b9af02296c56d4da0b46f8797b8dcef485bce6300fdd75eb766e865be3f",
        "24289e77c322afdc98d2862f94c1ea1a23238a8885df668deeca5b65278f1eaa",
        "f64c5317a9e60bd76c48df5734b439426289c61ea5413952e121d02df0bba487",
        "a499760c4781be5b8c30aea094860269206680e352a1226da2cd2d90d22e7ac9",
    })]
    [InlineData("multiclass", "vector 3", "every adapter", 125, new[]
    {
        "1f8a750d8c86ab2d50274ee09abd169fe638d2a219db2892a19c06b4f44f10fe",
        "3a0c606dd69c06674a5629aaf25c8faa59392dd1f7ad980ea5da69c5a834fb05",
        "ebf46c1332e1e2b98b1bd4b58a5f57aebfbc0ca3ea31de53c71439c1690f0e9f",
        "203f5c6173e64244a6bac0fec580c75ffb2295ec3754f07e934fd9721d56ec01",
        "827b22205a19f875cdab08d68ae2798b0505481d4a9b38a7a8a9fcc9274e173b",
        "1fbdcb3ed22d417d7ff708b074061c6e27e89d21cc6884a46b00cb771bdd4c42",
    })]
    [InlineData("multiclass", "vector card", "gaussian", 60, new[]
    {
        "2812c5f46e734059053aa58650d808fe1577dca1e34ddd110586c03c46d20b4e",
        "c7b3885693aa784a5657ca51fea0ad24f5287c41d4b5147effd54a7923240e4d",
        "8a1b932b8f02ab59392a5e7364d1ae2473defd9d5267efec40976f0cd17b55e7",
        "bd2a20378ecfea163d7829b6904f88248f81bfcb1094445d0617f3dddddb7b2b",
        "4314e9418b86cd1ac08976882de85860206a3604b62c99ee144ac09fec2b1d7a",
        "5d9b236e438a8ded54ba22a1eea9b703e14ebd69e5205a7c529b0dd66ad255b8",
    })]
    [InlineData("binary", "vector card", "public", 60, new[]
    {
        "31458e31bd15877fd310c41aa4f2c2a2ced5b2cc393ffd83f5707b715660f392",
        "2d936daeb3d40321547122bf21ad93cf6d7d19d68e7bf4ca0245d71dc301c8aa",
        "447f78a6c539b33271c5f0d58b9cd853201855d355555a60b911dbf88bc069b2",
        "5483a263aa384357456a6033bd604398a48d39358d96d99f4af8234202f197e5",
        "5bfca1c6e1dd49f138277fd3dba614878db2e2c5fdaaca8ca516d93bac02e68a",
        "2821e8c51314f8d4bcf26470ab4b76103115533f9c4de7ddb7a798483d0ba65f",
    })]
    [InlineData("regression", "vector card", "public", 60, new[]
    {
        "6ace6763b4c76e3def907227b4b0a6240606b5012f35f423e3437329f3b2bb30",
        "ebbfe3104a5871c1ced4cc80ee81ac348a4fa4f085b6e4ab3db5f58e0e0efe0f",
        "908e63970cd77fd1acd5d0fe740394f36b3638fe070173b4976c1a58473ff4dc",
        "54637362de0bee12aeeed03dca49144eb181975c8f9cc18083a1524f30a27050",
        "fc5cd8f961fd71177193c48db2d22f7c28b190ec87c7f9b44a5dbdee509483c5",
        "24ae04e7e3f7dc1971e4e303c3a26276b57172678d28547964149277030e7879",
    })]
    [InlineData("multiclass", "hashing", "gaussian", 60, new[]
    {
        "f4cb744b8e29ea5a1d2639b56de9b63f2037dc4caff9f3fa401f8216df2c7cde",
        "0e9e5c9fb3efaacd376213d5f0cdcdab48b9e9b06065c63110b11f17074e74a3",
        "2dbbd28ace720512e2521ec971e2b4b5791b431ed607ce696ec9bc1154194c34",
        "b3deb1c6772b14fa2478593a672f350db285d9ceac0ce1b1e8371f8d7f6b6c7a",
        "9a816c2b14d0c6ccc160d4616c546163f1c6d217a7ae030d08ae8873bfad571c",
        "6cec37545551ee83accc305f6151abf5726665f3bbd32dbe44c14f0f43b60bd5",
    })]
    [InlineData("multilabel", "hashing", "gaussian", 60, new[]
    {
        "621f825875269b5823bc657f7a3c328c76aeaf8020a02306609613d82efefbce",
        "d666a66cbd0cbca283468391eade1bb9998c356a8968fbec7d77bb2a87b1f7d3",
        "d5c00a7900420ef5389d11d871e0d74eaa19b1e991516aa6838987d8b87b22ad",
        "fd4a64dba6bc02f9497ef60fb633412baf4d798e31f658b3baad51d72412b130",
        "e1daf89c32582bad4c653afdd6b8efd7ef2d8abf1df5b61ff0ef3668fa8deab2",
        "e7268eb8db66321e631437bf57fbc7d96183c7e9e3a6bd993559931b056c9828",
    })]
    [InlineData("binary", "tabular", "gaussian", 90, new[]
    {
        "215dd0071b8b97659d0c930518c5a19cc674386733d2595d0c87390f7d32994e",
        "36c13999b97b9d0c00ca6932a3d1114011e56fcee5026db96b35dad35e7462b8",
        "f15b3d664381a4049bfababe8e2924f7b6b58a9ecf19b8b40e24772572909db4",
        "d8e4b33a21529d4aac62cd0b752cfd48abd215f5eb3cb212cf89288296b9297d",
        "8adeae8efee2c1f7673f9e639b0784cc86f9f1babca51113e8cad510d9c7fd01",
        "23314f1828ce5889c1c755bf87086e20d9ea91615de651cae6758c9ecf795235",
    })]
    [InlineData("regression", "tabular", "gaussian", 90, new[]
    {
        "6b19578f0577f03b857847fc4a433ac2e7d720c992a40e8d83efde17d2820b4e",
        "e4339a342bd842da6b993c67e8d413af79acd2f727fe11562f69a1ff01fad662",
        "24682e74889e865268993d6f48b0e75ae2aa4938f879d4290a8de11d228eb5d1",
        "4b21770f755ce320900796bb5a175b44b7c9df4c309d05347de9cf702fe53450",
        "a92cd5d585cddabb61b45ad0c0b4eda940bb2ae9131b0acf05c166672a5dd454",
        "ec0e60e409b5634a404a098f24020ee1086c827a5584b79cb1a7da9cf003e171",
    })]
    [InlineData("multiclass", "vector 8", "gaussian", 3, new[]
    {
        "d347c1b5ff1965401f02d2be4740eb9b2b54be7f62c0f9eb7f82a6aefe1496d8",
        "479139b3aad1ef227eba245df39e79fa3c03cd19fc626be912bbaa93fe36d4e2",
        "b2e444a4db07fa9e81e720f91a50d69eb788383733073eab358dd646ec971db6",
        "057b46dac604e9f66e6af6507341b418423ac840ddb20523ccc2f72d10ac38d3",
        "7e54d3d30ded1e22524ddc22cdcdbb36b47345112008f36d57ad55f2fd0fb051",
        "cc8cfabf173e607149b6a70b4ccc35ff4892cc96d92d2b7b8afff88278f2f877",
    })]
    public void Model_AfterEachChange_HasTheDigestsOnRecord(string task, string encoder, string routing, int records, string[] expected)
    {
        using var folder = new TempFolder();
        new CalibrationCard(GoldenCard.Projection(CardFrom, CardTo), GoldenCard.PublicKeys(CardTo)).Save(folder["card.json"]);
        var (spec, input) = Encoder(encoder);
        GoldenModel.Check(folder.Path, $"{task}, {encoder}, {routing}, {records} records", task, spec, routing, input, records, expected);
    }

    // Softmax adapters, and adapters that choose for themselves: dual and primal shards, and those between them.
    [Theory]
    [InlineData("softmax", "multiclass", "vector 64", "gaussian", 60, new[]
    {
        "dc98daf139aa058b832dde4f5fe4e4caf7c5dca813bdcc09f7391aa8d22acb65",
        "b98a820774d7a17fa5d7af77143b61825f6200f533c8cd203dcab7d5d43f2659",
        "9c110d43c400a3724b03c8a5a7d58f6d41005a23ed5eba4516378f19cabfe154",
        "9c174ba9c5b368e552b8ea30710f2a4e0c06e389c163413572a74f6ecb27a4a4",
        "e7ca0f6d97dbadf8c63464975d2ff3157e17088df072fe038e3082baed6cbc9c",
        "bd3d453e4ed4497e60762b2aeecfe3c5cae1f4eca8ea6d3f62de113255b7c757",
    })]
    [InlineData("softmax", "binary", "vector 8", "gaussian", 60, new[]
    {
        "7692191e46cbb85c2737aa6cfb3b2ade64937fc247a255b4bcf1c25e2930eb11",
        "e67e21b4cd4812f5c46cd48ae325d522d4c0aa6c7028593aabb3a102ebfa4100",
        "bf40e6242035f987920bf6ac3ddf15310f025de048954d19f66823cd60458c1b",
        "44a884de4be98a627b1318a7899cfdacd202fd1797fd02c17cef2edbf8458521",
        "f152a542e13714b7ab6609971092d8fe4e1cf6e70207aeb69847d56a13abe5f2",
        "886a592dd85f0e3d269d50026903f3a45fff60132b356546fb08f8c15c1fdce6",
    })]
    [InlineData("softmax", "multilabel", "vector 3", "every adapter", 150, new[]
    {
        "83b46e752854ee42ec6ef2d52c5acee200801e6584b2239943a70b3c47f6d76d",
        "0a6c30ca8803cc8cfacab86f4b7828ef5ad2c5bc41ccb8d1b0938972598a1aa7",
        "96574193762b626d41cef6b59b39e2f48c60ff408156822a5330da9879cceda1",
        "9781f68f4742db62375ad9e18496553c6160a722ae62b1897ec1d8207f9d343e",
        "7190d070495de60b4ed7c3725ab2a3761c6d5e029b1172fc1a5aa927781a6852",
        "0287965d96bd0146c16c0286c493b89d9423f2467d40f02f3cd038e681e6e21d",
    })]
    [InlineData("softmax", "multiclass", "hashing", "gaussian", 60, new[]
    {
        "8c7b44b6a9170a6114a1f50e6c415c563e84c6f09c115c9c71800f912354a3c6",
        "298f16db36b25f96100868adecd51d5a34848fdc50730a6c5b60486991a8a539",
        "3baf89b418d97896338d38fe2a09ea8e0502b2cb20db343aaefabfe1b369084e",
        "9679d6319150f7143bcc97d900ad0a957da962c1b4ae30f85ecf3d1c099ebea1",
        "a24f0522a9459371588d73e4ad106827fcd6bb98af9f117a6ff3609014fc0439",
        "645cd4b7d5e6804ac4e790eea341333aa1ed308bbaaaf7a75cf1cae78642f36f",
    })]
    [InlineData("auto", "multiclass", "vector 3", "every adapter", 150, new[]
    {
        "b68fe2e41b8a06c8eaf9bdc21784039c3f019fde4d033150589c6e02a87c1133",
        "fc806485be4026f942c43939bfcb10cae0ae411ac414ca39bb93b9649d36bdfb",
        "08b535b2723dc68b2af969ec002f89fb19b98c67ad3527d5b5e747a9c55a705d",
        "16ce68796ddb1b3f3b6aab1358f07381f75a73075e2e65105c7a4dabde31a68c",
        "dcf3b192a42b980d041e04891b8df3c19695ec5ba7679a48d06489830136f29f",
        "c3b5a1208a3a6544aa8309eccf0d6f572686167c43b8f819fa42dd737d09f0e3",
    })]
    [InlineData("auto", "binary", "vector 64", "gaussian", 60, new[]
    {
        "2025ae93af518a192933d677bdd2e13d16e163e787a7debe599cb2746c706ec6",
        "c810d22a48ea5ea80c5a4ced48ece33461475f4170fac6166117399ffa835365",
        "2da211a749d925bd1333fa952ffe5896ec135dbe1007b71ab91725550511e29c",
        "f31865bb0dd9d4bd69e1137acbd15b2c67f240b2f544833bcc146f3831d369a5",
        "cc03354d46068263d2334cc87ebe5dcea3ee436f87db186ff97cace480ff904c",
        "7fbc82e2c2a38dfb1b0e54e2d71245b38a975180cdc586afeb2e6272397d516c",
    })]
    [InlineData("auto", "multilabel", "vector 8", "gaussian", 60, new[]
    {
        "5bbba83d60247ae3c22423d9fa2e43a70285c70490e2b59487d0fc94b6df489c",
        "ab6e0dd20437b29ee837c2976c9796d119502c5e002f378ba5975551598daeb7",
        "f9fb29878756d98ef598f5795348f86caf8472b73baa7b8b53fdf7a7dd433400",
        "a4e1208a59c2f384da45e34e7ac1aac5b24e8f9a730a2511f5a9a80fe48f584e",
        "75928e6e90b121fdee6d613d4150b1d91092767666e4adcf50117d035856bd12",
        "785165501ba93f7a28e7e1a570d025e72f52edce88c88e824c9934070adee354",
    })]
    [InlineData("ridge auto", "regression", "vector 8", "gaussian", 60, new[]
    {
        "87bd5c72cdc079bc80f8235b6d4c77947bcff1581414c83fbcdc387e24b55e40",
        "7e9287af3ae508ce82f2f383174ee4a8f0bd65e632261f43d52849d18956f65e",
        "dd90e94a072cc5e9374703de4881c6b765f9b3f119800fd747727a31b088961f",
        "c3f03f803cf1e768f06759bab78050bf9915e30ab6bdb10424b55a97a62e37ce",
        "2faba34b78c331b9253c4158d1e3367b97ed1f2d47dd093f14f35012c303f6cd",
        "f04a281b72faae1f36fac8481ce602e2c905f03b60bc808627aac000c66fa22e",
    })]
    [InlineData("ridge auto", "multiclass", "vector 64", "gaussian", 60, new[]
    {
        "a9b4cb1b1f2ee1e6410ee2c33b38c32944dc643b589348f1c5af6499d64b1471",
        "9ac5a1a3af747202541ebba263a577d86ef283385405044e3866ab1c3a40fe62",
        "bf09a49978237f91c61461df4c7c1ca59723f7a177c03f5b0f1d36c48425ff2a",
        "fac9d2469acc925297ab169e5d1bd466608e3193fc028e72bf6dada3c51e96a6",
        "67f7b26985de15b3f71c054bf6b447c2a6192f9a9fb5952295152ff1ce0f16cb",
        "516e5fdae64fb3a2b3b0287b764005c7e6439ed439e9d434894bdcf409cfeac5",
    })]
    public void Model_WithATrainerOfLogits_HasTheDigestsOnRecord(string trainer, string task, string encoder, string routing, int records, string[] expected)
    {
        using var folder = new TempFolder();
        (string First, string Other) adapter = trainer switch
        {
            "softmax" => ("""{"trainer": "softmax", "lambda": 0.01}""", """{"trainer": "softmax", "lambda": 0.1}"""),
            "auto" => (
                """{"trainer": "auto", "ridge": [1, 0.1], "softmax": [0.1, 0.01]}""",
                """{"trainer": "auto", "folds": 3, "ridge": [], "softmax": [0.01]}"""),
            _ => ("""{"trainer": "ridge", "lambda": "auto", "ridge": [1, 0.1]}""", """{"trainer": "ridge", "lambda": "auto", "folds": 3}"""),
        };
        var (spec, input) = Encoder(encoder);
        var name = $"{trainer}, {task}, {encoder}, {routing}, {records} records";
        GoldenModel.Check(folder.Path, name, task, spec, routing, input, records, expected, adapter: adapter);
    }

    [Theory]
    [InlineData("demo", "train", "11695c81da2afeaf20c966f32d88dec150b52556bbbd92e3a5cffceda4f80fa5")]
    [InlineData("demo", "test", "0ad7298023a542a6db35de4cfbbc3ecd40b97a9e67e1c3edb32dd07fb1be2372")]
    [InlineData("public", "train", "c784a85bf67bd40103d9c7206719c5b676a652ed657778f3ac89fc0f630c467a")]
    public void GeneratedImages_NamesLabelsAndPixels_HaveTheDigestOnRecord(string set, string split, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var record in new GeneratedImageSource(set, split, 20, 6, 1).Read(TestContext.Current.CancellationToken))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{record.Subject}\n{record.Id}\n{record.Label}\n"));
            hash.AppendData(((PixelInput)record.Input).Pixels.Span);
        }

        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(expected == actual, $"{set} {split}: expected {expected}, is {actual}");
    }

    private static (string Spec, Func<GoldenDraws, RecordInput> Input) Encoder(string name)
    {
        switch (name)
        {
            case "hashing":
                return ("""{"type": "hashing", "dimension": 48, "ngrams": 3, "chars": [2, 4], "stopWords": "english"}""", GoldenRecords.Text);
            case "tabular":
                return (Tabular, GoldenRecords.Row);
            case "vector card":
                return ("""{"type": "vector", "card": "card.json"}""", draws => GoldenRecords.Vector(draws, CardFrom));
            default:
                var dimension = int.Parse(name.AsSpan("vector ".Length));
                return ($$"""{"type": "vector", "dimension": {{dimension}}, "min": -125, "max": 120}""", draws => GoldenRecords.Vector(draws, dimension));
        }
    }
}
