namespace Utaf;

/// <summary>
/// Every error that a user can meet. 10xx: command line and configuration; 11xx: model artifacts; 12xx: data; 13xx: pairs,
/// stores and commitments; 14xx: ensembles; 15xx: construction; 16xx: verification and prediction APIs; 17xx: GitHub;
/// 18xx: serving; 19xx: benchmark runs; 20xx: the machine; 99xx: the product itself.
/// </summary>
public static class Errors
{
    /// <summary>The command line is not understood.</summary>
    public static UtafException BadCommandLine(string problem, string command) =>
        Usage("UTAF1000", "utaf", $"{problem.TrimEnd('.')}. See: {command} --help.");

    /// <summary>An option has a value outside its range.</summary>
    public static UtafException BadOption(string option, string found, string expected) =>
        Usage("UTAF1001", "utaf", $"{option} is '{found}', expected {expected}.");

    /// <summary>A file that the user named is not there.</summary>
    public static UtafException FileNotFound(string path, string what) =>
        Usage("UTAF1002", path, $"There is no such file. Give the path of {what}.");

    /// <summary>A file that the user named cannot be read.</summary>
    public static UtafException FileUnreadable(string path, Exception inner) =>
        Usage("UTAF1003", path, $"The file cannot be read: {inner.Message} Check its permissions and the disk.", inner);

    /// <summary>The configuration is not JSON.</summary>
    public static UtafException NotJson(string place, string detail) =>
        Usage("UTAF1010", place, $"This is not JSON: {detail} Comments and trailing commas are allowed.");

    /// <summary>The configuration has a key that nobody reads.</summary>
    public static UtafException UnknownKey(string place, string key, string within, string? nearest, IEnumerable<string> known) =>
        Usage("UTAF1011", place, $"{within} has no key '{key}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")} It may have: {string.Join(", ", known)}.");

    /// <summary>An environment variable that holds a secret is not set.</summary>
    public static UtafException SecretMissing(string purpose, string variable) =>
        Environment("UTAF1012", "utaf", $"{purpose} is to be read from the environment variable {variable}, which is not set or empty. Set it, or name another with env:NAME.");

    /// <summary>A key stands twice in one object of the configuration.</summary>
    public static UtafException RepeatedKey(string place, string key) =>
        Usage("UTAF1013", place, $"The key '{key}' stands here a second time. Keep one of the two.");

    /// <summary>A key that must be there is missing from the configuration.</summary>
    public static UtafException MissingKey(string place, string within, string key, string what) =>
        Usage("UTAF1014", place, $"{within} has no '{key}', which it must have. {what}");

    /// <summary>A value of the configuration is of another kind.</summary>
    public static UtafException WrongKind(string place, string key, string expected, string found) =>
        Usage("UTAF1015", place, $"Expected {key} to be {expected}, found {found}.");

    /// <summary>A value of the configuration is outside its range, or a word that is not known.</summary>
    public static UtafException BadSetting(string place, string key, string expected, string found, string? nearest = null) =>
        Usage("UTAF1016", place, $"Expected {key} to be {expected}; {found}.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}");

    /// <summary>The configuration holds something else where the place of a secret belongs. What it holds may be the secret.</summary>
    public static UtafException OpenSecret(string place, string key) =>
        Usage("UTAF1017", place, $"Expected {key} to be env:NAME, the environment variable that holds the secret. What stands here is not shown: if it is a secret, take it out of the file and its history, and have it replaced.");

    /// <summary>An address of the configuration cannot be used. It is not shown: it may hold a password.</summary>
    public static UtafException BadAddress(string place, string key, string detail) =>
        Usage("UTAF1018", place, $"Expected {key} to be an address that begins with https:// or http://, without user name and password: {detail}");

    /// <summary>Two entries of the configuration have one name.</summary>
    public static UtafException RepeatedName(string place, string what, string name) =>
        Usage("UTAF1019", place, $"There is another {what} '{name}' above. Give each its own name.");

    /// <summary>A suspect is neither a file nor an API, or both.</summary>
    public static UtafException NotOneSuspect(string place, string suspect, bool both) =>
        Usage("UTAF1020", place, $"The suspect '{suspect}' has {(both ? "both path and url" : "neither path nor url")}. Give one of them: path for a TorchScript file, url for a prediction API.");

    /// <summary>A suspect does not say of which model it may be a copy, or of one that is not listed.</summary>
    public static UtafException UnknownSuspectModel(string place, string suspect, string problem, IEnumerable<string> models) =>
        Usage("UTAF1021", place, $"The suspect '{suspect}' {problem}. The models here are: {string.Join(", ", models)}.");

    /// <summary>No model is named, and the configuration does not decide which is meant.</summary>
    public static UtafException NoModelChosen(string origin, string problem) =>
        Usage("UTAF1022", origin, $"{problem} Give MODEL: a TorchScript file, or the name of a model in utaf.json.");

    /// <summary>A file that would be written is there already.</summary>
    public static UtafException FileExists(string path) =>
        Usage("UTAF1023", path, "The file is there already and was left as it is. Use --force to replace it.");

    /// <summary>The model file is empty.</summary>
    public static UtafException EmptyModel(string path) =>
        Usage("UTAF1101", path, "The model file is empty (0 bytes). Export it again with torch.jit.save(torch.jit.script(model), path).");

    /// <summary>The model file is no TorchScript archive.</summary>
    public static UtafException NotTorchScript(string path, string found) =>
        Usage("UTAF1102", path, $"Expected a TorchScript archive, found {found}. Export the model in Python: torch.jit.save(torch.jit.script(model.eval()), 'model.pt').");

    /// <summary>The model archive is cut short or damaged.</summary>
    public static UtafException TruncatedModel(string path, string detail) =>
        Usage("UTAF1103", path, $"The TorchScript archive is truncated or damaged: {detail} Copy or export it again.");

    /// <summary>The file is a state dict or a pickled module.</summary>
    public static UtafException StateDict(string path) =>
        Usage("UTAF1104", path, "This was written by torch.save and holds weights (a state dict or a pickled module) without the code of the model. In Python, load it into the model and run: torch.jit.save(torch.jit.script(model.eval()), 'model.pt').");

    /// <summary>The archive's code names operators that touch files.</summary>
    public static UtafException UnsafeOperator(string path, string operatorName, string place) =>
        Usage("UTAF1105", path, $"The model's code calls {operatorName} ({place}), which can reach beyond the model's own tensors. UTAF does not run it. Ask whoever made the file for one without it.");

    /// <summary>The model's forward does not take one tensor, or not one of this shape or type.</summary>
    public static UtafException WrongInput(string path, string expected, string found) =>
        Usage("UTAF1106", path, $"The model cannot take the given input. Expected: {expected}. Found: {found}. For a target, give the right shape with --input-shape; or export a model that takes one float32 tensor [N, ...].");

    /// <summary>The model returns something else than one tensor.</summary>
    public static UtafException NotOneOutput(string path, string found) =>
        Usage("UTAF1107", path, $"Expected one tensor [N, ...] as output, found {found}. Export a wrapper whose forward returns the one tensor that is the model's product.");

    /// <summary>The model has no parameters to obfuscate.</summary>
    public static UtafException NoParameters(string path) =>
        Usage("UTAF1108", path, "The model has no parameters: torch.jit.freeze turns them into constants. Export it without freeze; fine-tuning and pruning need them.");

    /// <summary>The named last layer is not in the model.</summary>
    public static UtafException UnknownLayer(string path, string layer, IEnumerable<string> layers) =>
        Usage("UTAF1109", path, $"There is no layer '{layer}' with parameters. The layers are: {string.Join(", ", layers)}.");

    /// <summary>The discriminator does not fit the generator's samples.</summary>
    public static UtafException BadDiscriminator(string path, string expected, string found) =>
        Usage("UTAF1110", path, $"The discriminator does not fit the generator. Expected {expected}, found {found}. Give with --discriminator a TorchScript model that returns one number per sample, or leave the option out: one is trained then.");

    /// <summary>A table has a cell that is no number.</summary>
    public static UtafException NotANumber(string path, long row, string column, string found) =>
        Usage("UTAF1201", $"{path}({row})", $"Expected a number in row {row}, column {column}, found '{found}'. Correct or remove the row.");

    /// <summary>A value is NaN or infinite.</summary>
    public static UtafException NotFinite(string path, long row, string column, string found) =>
        Usage("UTAF1202", $"{path}({row})", $"Expected a finite number in row {row}, column {column}, found {found}. Fill in or remove missing values first.");

    /// <summary>There is no such column.</summary>
    public static UtafException UnknownColumn(string path, string option, string column, string columns) =>
        Usage("UTAF1203", path, $"There is no column '{column}'. The file has {columns}. Choose one with {option} NAME, or by position (0 is the first, -1 the last).");

    /// <summary>A label is no class number of the model.</summary>
    public static UtafException LabelOutOfRange(string path, long row, string found, int classes) =>
        Usage("UTAF1204", $"{path}({row})", $"Expected a class number from 0 to {classes - 1} (the model has {classes} outputs) in row {row}, found {found}. Choose the label column with --label, or the task with --task.");

    /// <summary>A classifier needs two classes at least.</summary>
    public static UtafException TooFewClasses(string path, int classes) =>
        Usage("UTAF1205", path, $"Expected at least two classes, found {classes}. A classifier cannot be trained on one class.");

    /// <summary>The data's width does not fit the model.</summary>
    public static UtafException WrongDataShape(string path, string expected, string found) =>
        Usage("UTAF1206", path, $"The data does not fit the model: expected {expected}, found {found}. Check --label, --skip-columns and --input-shape.");

    /// <summary>The file's format is not known or broken.</summary>
    public static UtafException BadDataFile(string path, string expected, string found) =>
        Usage("UTAF1207", path, $"Expected {expected}, found {found}.");

    /// <summary>Rows of a table differ in width.</summary>
    public static UtafException RaggedRow(string path, long row, int expected, int found) =>
        Usage("UTAF1208", $"{path}({row})", $"Expected {expected} columns as in the first row, found {found} in row {row}.");

    /// <summary>There are too few examples.</summary>
    public static UtafException TooFewExamples(string path, int expected, int found) =>
        Usage("UTAF1209", path, $"Expected at least {expected} examples, found {found}.");

    /// <summary>A label of an embedding's data is no class.</summary>
    public static UtafException LabelIsNoClass(string path, long row, float found) =>
        Usage("UTAF1210", $"{path}({row})", FormattableString.Invariant($"Expected the whole number of a class in row {row}, found {found}. Choose the label column with --label, or learn without labels: --label none."));

    /// <summary>Documents are to be ranked, and nothing says of which query they are.</summary>
    public static UtafException NoQueries(string path) =>
        Usage("UTAF1211", path, "Expected to be told which query each row is a document of, found no query column. Name it with --query-column NAME, or by position (0 is the first, -1 the last); text tables and .npy tables have columns.");

    /// <summary>No two documents can be compared.</summary>
    public static UtafException NoPairs(string path, int queries, int documents) =>
        Usage("UTAF1212", path, $"Expected a query with two documents of different relevance at least, found none among {queries} queries of {documents} documents. Check --query-column and --label.");

    /// <summary>An embedding's labels are as many classes as there are examples.</summary>
    public static UtafException LabelsAllDiffer(string path, int count) =>
        Usage("UTAF1213", path, $"Expected classes of several examples each, found another label for each of the {count} examples. Choose the label column with --label, or learn without labels: --label none.");

    /// <summary>Queries cannot be halved.</summary>
    public static UtafException TooFewQueries(string path, int queries) =>
        Usage("UTAF1214", path, $"Expected at least two queries to divide, found {queries}. Check --query-column, or give public data with --public.");

    /// <summary>A generator's data has another range than its samples.</summary>
    public static UtafException WrongSampleRange(string path, double low, double high, double least, double most) =>
        Usage("UTAF1215", path, FormattableString.Invariant($"Expected numbers in [0, 1], as the generator's samples are (from {low:0.###} to {high:0.###}), found numbers from {least:0.###} to {most:0.###}. Honest models would learn the data's range and be told by it alone. Bring the data to the generator's range, as in its training: numbers in [-1, 1] become (x + 1) / 2."));

    /// <summary>The pair file is cut short or is none.</summary>
    public static UtafException BadPair(string path, string detail) =>
        Usage("UTAF1301", path, $"This is no readable fingerprinting pair: {detail} Fetch it again from the store.");

    /// <summary>The bytes are not those that the digest names.</summary>
    public static UtafException AlteredPair(string path, string expected, string found) =>
        Usage("UTAF1302", path, $"The pair was altered or torn: expected SHA-256 {expected}, found {found}. Restore it from a backup or fingerprint the model again.");

    /// <summary>The pair was written by a newer format.</summary>
    public static UtafException PairVersion(string path, int expected, int found) =>
        Usage("UTAF1303", path, $"The pair has format version {found}, this tool reads up to {expected}. Update the tool.");

    /// <summary>The store has no such pair.</summary>
    public static UtafException PairNotInStore(string store, string wanted) =>
        Usage("UTAF1304", store, $"The store has no pair {wanted}. See: dotnet utaf list.");

    /// <summary>The store cannot be written or read.</summary>
    public static UtafException StoreUnusable(string store, string detail, Exception? inner = null) =>
        Environment("UTAF1305", store, $"The store cannot be used: {detail} Check that it exists, its permissions, and that there is room.", inner);

    /// <summary>The store's address is not understood.</summary>
    public static UtafException UnknownStore(string store) =>
        Usage("UTAF1306", store, "Expected a store of the form folder:PATH, azblob://ACCOUNT/CONTAINER[/PREFIX][?sas=VARIABLE][&endpoint=URL] or azblob:?connection=VARIABLE&container=NAME[&prefix=PREFIX], where VARIABLE names an environment variable. Quote it in a shell.");

    /// <summary>A name cannot be a folder's name in the store.</summary>
    public static UtafException BadName(string what, string found) =>
        Usage("UTAF1307", "utaf", $"The {what} is '{found}', expected letters, digits, '.', '_' or '-', not starting with '.', at most 100 of them.");

    /// <summary>More than one pair fits.</summary>
    public static UtafException AmbiguousPair(string store, string wanted, IEnumerable<string> found) =>
        Usage("UTAF1308", store, $"More than one pair fits {wanted}: {string.Join(", ", found)}. Name one by its version or digest.");

    /// <summary>An output file cannot be written.</summary>
    public static UtafException Unwritable(string path, Exception inner) =>
        Environment("UTAF1309", path, $"The file cannot be written: {inner.Message} Nothing was left half-written.", inner);

    /// <summary>The key for pairs at rest is none.</summary>
    public static UtafException BadStoreKey(string variable, string found) =>
        Usage("UTAF1310", "utaf", $"The encryption key in the environment variable {variable} is {found}, expected 32 random bytes in base64. Make one with: openssl rand -base64 32.");

    /// <summary>A pair is encrypted, and there is no key.</summary>
    public static UtafException StoreKeyMissing(string place, string keyId) =>
        Usage("UTAF1311", place, $"The pair is encrypted with the key {keyId}, and no key was given. Put that key into the environment variable UTAF_STORE_KEY, or name its variable with --encryption-key env:NAME.");

    /// <summary>A pair is encrypted with another key.</summary>
    public static UtafException OtherStoreKey(string place, string expected, string found) =>
        Usage("UTAF1312", place, $"The pair is encrypted with the key {expected}; the given key is {found}. Give the one that the pair was stored with.");

    /// <summary>A pair that is to be encrypted is in the store in the clear.</summary>
    public static UtafException PairInTheClear(string place) =>
        Usage("UTAF1313", place, "The pair is to be stored encrypted, but the store has it unencrypted already, and never changes what it has. Delete this file first, or choose another store.");

    /// <summary>An address in Azure is not complete, or has a part that cannot be.</summary>
    public static UtafException BadAzureAddress(string store, string problem) =>
        Usage("UTAF1314", store, $"{problem} Expected azblob://ACCOUNT/CONTAINER[/PREFIX][?sas=VARIABLE][&endpoint=URL] or azblob:?connection=VARIABLE&container=NAME[&prefix=PREFIX], where VARIABLE names an environment variable.");

    /// <summary>A connection string or a shared access signature is none.</summary>
    public static UtafException BadAzureSecret(string store, string variable, string expected) =>
        Usage("UTAF1315", store, $"The environment variable {variable} does not hold {expected}. Copy it again from the storage account, whole and on one line.");

    /// <summary>Azure does not accept who we are.</summary>
    public static UtafException AzureRefusesIdentity(string store, string error, string identity, Exception inner) =>
        Environment("UTAF1316", store, $"Azure does not accept the identity ({error}): {identity}", inner);

    /// <summary>There is no identity to show Azure.</summary>
    public static UtafException NoAzureIdentity(string store, string detail, Exception inner) =>
        Environment("UTAF1317", store, $"DefaultAzureCredential found no identity that works: {detail} Sign in with 'az login', give the machine a managed identity, set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET; or use sas= or connection= in the store's address.", inner);

    /// <summary>The identity may not do this.</summary>
    public static UtafException AzurePermissionMissing(string store, string error, string need, Exception inner) =>
        Environment("UTAF1318", store, $"Permission is missing ({error}): {need}", inner);

    /// <summary>A shared access signature is over, or not valid yet.</summary>
    public static UtafException SasNotValidNow(string store, string variable, string problem, Exception inner) =>
        Environment("UTAF1319", store, $"The shared access signature in the environment variable {variable} {problem}. Make a new one and set the variable to it.", inner);

    /// <summary>The machine's clock is not Azure's.</summary>
    public static UtafException ClockSkew(string store, DateTimeOffset here, DateTimeOffset there, Exception inner) =>
        Environment("UTAF1320", store, $"The clock of this machine says {here.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC, the store's {there.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC: Azure refuses what is signed more than 15 minutes off. Set the clock.", inner);

    /// <summary>There is no such container.</summary>
    public static UtafException ContainerMissing(string store, string container, Exception inner) =>
        Environment("UTAF1321", store, $"There is no container '{container}' in this storage account. Check the address, or make it: az storage container create --name {container}.", inner);

    /// <summary>The storage account's host cannot be reached.</summary>
    public static UtafException StoreUnreachable(string store, string host, string detail, Exception inner) =>
        Environment("UTAF1322", store, $"{host} cannot be reached: {detail} Nothing was left half-written. Check the account's name, the network, HTTPS_PROXY and the account's firewall, and run the command again.", inner);

    /// <summary>The file is no commitment.</summary>
    public static UtafException BadCommitment(string place, string detail) =>
        Usage("UTAF1330", place, $"This is no readable commitment: {detail} Expected an in-toto Statement v1 as 'dotnet utaf fingerprint' writes it, bare or in a DSSE envelope or Sigstore bundle. Fetch it again from where it was published.");

    /// <summary>The statement is of another kind.</summary>
    public static UtafException OtherStatement(string place, string expected, string found) =>
        Usage("UTAF1331", place, $"This in-toto statement is no commitment: expected the predicate type {expected}, found {found}. Name the file that 'dotnet utaf fingerprint' wrote, or what was signed with that predicate type.");

    /// <summary>The commitment was written by a newer format.</summary>
    public static UtafException CommitmentVersion(string place, int expected, int found) =>
        Usage("UTAF1332", place, $"The commitment has format version {found}, this tool reads {expected}. Update the tool.");

    /// <summary>Something else is where the commitment is to be written.</summary>
    public static UtafException CommitmentInTheWay(string path, Exception inner) =>
        Usage("UTAF1333", path, $"The commitment is to be written here, but the file is something else and is not overwritten: {inner.Message} Move it, or choose another with --commitment.", inner);

    /// <summary>The ensemble's folder belongs to another plan.</summary>
    public static UtafException OtherPlan(string folder, string expected, string found) =>
        Usage("UTAF1401", folder, $"The folder holds the ensemble of another plan: expected {expected}, found {found}. Choose another --ensemble folder, or the options the folder was made with.");

    /// <summary>A member's file is damaged.</summary>
    public static UtafException BadMember(string path, string detail) =>
        Usage("UTAF1402", path, $"The member's file cannot be used: {detail} Delete it; the next run builds it again.");

    /// <summary>A model returned NaN or infinity.</summary>
    public static UtafException NonFiniteOutputs(string stage, string member) =>
        Usage("UTAF1403", member, $"The model returned NaN or infinity ({stage}). Check its weights and that the data has the scale it was trained with.");

    /// <summary>A model's output differs in size from the target's.</summary>
    public static UtafException WrongOutputWidth(string model, int expected, int found) =>
        Usage("UTAF1404", model, $"Expected {expected} numbers per example, as the target has, found {found}.");

    /// <summary>The split leaves a part empty.</summary>
    public static UtafException EnsembleTooSmall(string detail) =>
        Usage("UTAF1405", "utaf", $"The ensemble is too small to be split: {detail} Choose a larger profile or smaller fractions.");

    /// <summary>The ensemble is not complete.</summary>
    public static UtafException IncompleteEnsemble(string folder, int planned, IReadOnlyList<string> missing) =>
        Usage("UTAF1406", folder, $"The ensemble has {planned - missing.Count} of {planned} members; missing are {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? $" and {missing.Count - 5} more" : "")}. Build the rest with: dotnet utaf ensemble build.");

    /// <summary>A listed negative is the target.</summary>
    public static UtafException ListedTarget(string path) =>
        Usage("UTAF1407", path, "This model was listed as independent, but its weights are the target's. Remove it from --negatives.");

    /// <summary>A child process that built a part of the ensemble ended badly.</summary>
    public static UtafException FailedJob(string shard, int exitCode, string said) =>
        Environment("UTAF1408", shard, $"The process that built this part of the ensemble ended with {exitCode}{(said.Length > 0 ? $", saying: {said}" : " and said nothing: it may have been killed, as for want of memory. Fewer --jobs need less.")} What is built stays; the same command goes on from there.");

    /// <summary>The objective is NaN or infinite.</summary>
    public static UtafException Diverged(string stage, int iteration) =>
        Usage("UTAF1501", "utaf", $"The objective became NaN or infinite ({stage}, iteration {iteration}). Lower the learning rate.");

    /// <summary>Managed and torch's scores differ.</summary>
    public static UtafException ScoreMismatch(double managed, double torch, double tolerance = 1e-5) =>
        Environment("UTAF1502", "utaf", $"The managed meta-verifier scores {managed:R} where torch scores {torch:R}; they must agree within {tolerance:0.0E0}. The pair was not written. Please report this with the output of: dotnet utaf doctor.");

    /// <summary>A fingerprinting scheme made no query.</summary>
    public static UtafException NoQueries(string scheme, string problem) =>
        Usage("UTAF1503", "utaf", $"The scheme {scheme} found no query for this model: {problem} Leave it out of --schemes.");

    /// <summary>A fingerprinting scheme cannot be used with such a model.</summary>
    public static UtafException SchemeUnsuited(string scheme, string expected, string task, int outputs) =>
        Usage("UTAF1504", "utaf", $"The scheme {scheme} wants {expected}; this model is one of {task} with {outputs} {(outputs == 1 ? "output" : "outputs")}. Choose another with --schemes, such as utaf.");

    /// <summary>The suspect's output differs in size from the pair's.</summary>
    public static UtafException SuspectWidth(string suspect, int expected, int found) =>
        Usage("UTAF1601", suspect, $"The pair was made for a model with {expected} outputs, the suspect has {found}. It is another task, or its answers need mapping.");

    /// <summary>The suspect cannot take the fingerprint's inputs.</summary>
    public static UtafException SuspectInput(string suspect, string expected, string found) =>
        Usage("UTAF1602", suspect, $"The pair's inputs are {expected}; the suspect {found}. It is another task, or the suspect wants another shape or type.");

    /// <summary>The suspect answered with NaN or infinity.</summary>
    public static UtafException SuspectNotFinite(string suspect, int example) =>
        Inconclusive("UTAF1603", suspect, $"The suspect answered example {example} with NaN or infinity. No verdict can be made from it.");

    /// <summary>There is no such protocol.</summary>
    public static UtafException UnknownProtocol(string origin, string found, IEnumerable<string> expected) =>
        Usage("UTAF1610", origin, $"There is no protocol '{found}', expected one of: {string.Join(", ", expected)}. For any other JSON API use 'template' with request.body and response.answersAt.");

    /// <summary>The service wants signatures that no header from the environment can give.</summary>
    public static UtafException SignedRequests(string origin, string service) =>
        Usage("UTAF1611", origin, $"{service} accepts only requests that are signed one by one (AWS Signature Version 4), which is not supported. Let the service's own gateway or a local proxy sign them, and give its address with the protocol 'template'.");

    /// <summary>A setting has a value that the protocol does not know.</summary>
    public static UtafException UnknownChoice(string origin, string protocol, string setting, string found, IEnumerable<string> expected) =>
        Usage("UTAF1612", origin, $"{setting} is '{found}'; the protocol {protocol} knows: {string.Join(", ", expected)}.");

    /// <summary>A setting that the protocol cannot do without is not there.</summary>
    public static UtafException SettingMissing(string origin, string protocol, string setting, string what) =>
        Usage("UTAF1613", origin, $"The protocol {protocol} needs {setting}: {what}.");

    /// <summary>The shape that inputs are to be sent in has another size than the pair's.</summary>
    public static UtafException OtherSize(string origin, string found, string expected) =>
        Usage("UTAF1614", origin, $"request.shape is {found}, expected sizes of at least 1 with as many numbers as the pair's inputs {expected}.");

    /// <summary>Inputs that are no images are to be sent as such.</summary>
    public static UtafException NotAnImage(string origin, string shape) =>
        Usage("UTAF1615", origin, $"request.encoding is 'png', but one input is {shape}. Expected [1 or 3, height, width], [height, width, 1 or 3] or [height, width]. Set request.shape, or send numbers.");

    /// <summary>The scale leads out of what can be sent.</summary>
    public static UtafException BadScale(string origin, double scale, string detail) =>
        Usage("UTAF1616", origin, FormattableString.Invariant($"request.scale is {scale}: {detail}"));

    /// <summary>A JSON Pointer is none.</summary>
    public static UtafException BadPointer(string origin, string found) =>
        Usage("UTAF1617", origin, $"response.answersAt is '{found}', expected a JSON Pointer (RFC 6901): empty, or names and positions that each follow a '/', such as /outputs/0/data. '~0' stands for '~', '~1' for '/'.");

    /// <summary>The template is no JSON with a place for the inputs.</summary>
    public static UtafException BadTemplate(string origin, string detail) =>
        Usage("UTAF1618", origin, $"request.body is no template: {detail} Expected JSON text in which {{{{inputs}}}} (all inputs of a batch) or {{{{input}}}} (one) stands where a value stands, without quotes around it.");

    /// <summary>An API of texts is to be asked numbers.</summary>
    public static UtafException NotTokens(string suspect, int position, float value) =>
        Usage("UTAF1619", suspect, FormattableString.Invariant($"Expected inputs of whole numbers from 0 to 2147483647, which are the tokens of a text; number {position} of an input is {value}. An embeddings API cannot be asked with this pair: it was made for another kind of input."));

    /// <summary>The suspect has several tensors or signatures, or none of the given name.</summary>
    public static UtafException WhichTensor(string suspect, string what, string setting, string? named, IEnumerable<string> found) =>
        Usage("UTAF1620", suspect, $"The suspect's model has {(named is null ? $"more than one {what}" : $"no {what} '{named}'")}: {string.Join(", ", found.Take(20))}. Name one with {setting}.");

    /// <summary>The declared classes are not the pair's.</summary>
    public static UtafException BadClasses(string origin, int expected, string found) =>
        Usage("UTAF1621", origin, $"response.classes has {found}, expected {expected} different labels, in the order of the protected model's classes.");

    /// <summary>The declared columns are not the pair's.</summary>
    public static UtafException BadColumns(string origin, int expected, string found) =>
        Usage("UTAF1622", origin, $"request.columns has {found}, expected {expected} different names, one for each number of an input (one in all for 'png').");

    /// <summary>A setting that the protocol does not use; it was meant for another.</summary>
    public static UtafException UselessSetting(string origin, string protocol, string setting, IEnumerable<string> used) =>
        Usage("UTAF1623", origin, $"{setting} is set, but the protocol {protocol} does not use it. Remove it, or choose the protocol that it was meant for. Of the settings that not all protocols use, this one uses: {string.Join(", ", used.DefaultIfEmpty("none"))}.");

    /// <summary>The suspect's tensor holds values of another type.</summary>
    public static UtafException WrongDatatype(string suspect, string tensor, string datatype, string detail) =>
        Usage("UTAF1624", suspect, $"The suspect's tensor {tensor} is of datatype {datatype}: {detail}");

    /// <summary>The suspect's host cannot be found, or takes no connections.</summary>
    public static UtafException SuspectUnreachable(string suspect, string host, string detail, Exception? inner = null) =>
        Inconclusive("UTAF1625", suspect, $"{host} cannot be reached: {detail} Check the suspect's url, the network and the proxy.", inner);

    /// <summary>TLS fails: the certificate is not trusted, or the two sides have no protocol in common.</summary>
    public static UtafException NoSecureConnection(string suspect, string host, string detail, Exception? inner = null) =>
        Inconclusive("UTAF1626", suspect, $"No secure connection to {host}: {detail} If the service has a private authority, let this machine trust its certificate; if it asks for a client certificate, set authentication.certificate.", inner);

    /// <summary>Only server errors, refusals for now, timeouts or broken connections, whatever was tried.</summary>
    public static UtafException SuspectSilent(string suspect, int attempts, string detail, Exception? inner = null) =>
        Inconclusive("UTAF1627", suspect, $"The suspect gave no answer in {attempts} attempt(s); the last ended with: {detail} Try again later, or raise limits.retries or limits.timeoutSeconds.", inner);

    /// <summary>401 or 403.</summary>
    public static UtafException SuspectRefusesAccess(string suspect, int status, string advice) =>
        Usage("UTAF1628", suspect, $"The suspect refuses access (HTTP {status}). {advice}");

    /// <summary>407, or another refusal of the proxy's.</summary>
    public static UtafException ProxyRefuses(string suspect, string detail, Exception? inner = null) =>
        Usage("UTAF1629", suspect, $"The proxy does not let the request through: {detail} Check the suspect's proxy, or HTTPS_PROXY, HTTP_PROXY and NO_PROXY.", inner);

    /// <summary>404, 405 or 410: nothing of this protocol is served there.</summary>
    public static UtafException NothingServed(string suspect, int status, string address) =>
        Usage("UTAF1630", suspect, $"Nothing is served at {address} (HTTP {status}). Check the suspect's url and protocol, and the model's name in them.");

    /// <summary>Any other 4xx: the API does not take these inputs.</summary>
    public static UtafException SuspectRefusesInputs(string suspect, int status, string said) =>
        Usage("UTAF1631", suspect, $"The suspect refuses the request (HTTP {status}): {said} Check the protocol and what 'request' says of the inputs: encoding, shape, scale, names.");

    /// <summary>413.</summary>
    public static UtafException BatchTooLarge(string suspect, int inputs, int bytes) =>
        Usage("UTAF1632", suspect, $"A request of {inputs} input(s), {bytes} bytes, is too large for the suspect (HTTP 413). Lower limits.batchSize.");

    /// <summary>A redirect that is not followed: the inputs and the credentials are meant for one host.</summary>
    public static UtafException RedirectedElsewhere(string suspect, string from, string to) =>
        Usage("UTAF1633", suspect, $"{from} redirects to {to}. Inputs and credentials are sent nowhere else, and never by another method: if that address is the suspect's too, give it as url.");

    /// <summary>The query budget is below N.</summary>
    public static UtafException QueryBudgetTooSmall(string suspect, int budget, int inputs) =>
        Usage("UTAF1634", suspect, $"The query budget is {budget}, but the fingerprint has {inputs} inputs, and each must be sent at least once. Nothing was sent. Set limits.queryBudget to {inputs} or more; some room for repeats is wise.");

    /// <summary>A secret's value cannot stand in an HTTP header.</summary>
    public static UtafException UnsendableSecret(string suspect, string setting, string variable) =>
        Usage("UTAF1635", suspect, $"The value of the environment variable {variable} ({setting}) cannot be sent in a header: expected printable ASCII on one line, and a header that a request may have. Check the setting and how the variable is set.");

    /// <summary>The client certificate cannot be used.</summary>
    public static UtafException BadClientCertificate(string suspect, string path, string detail, Exception? inner = null) =>
        Usage("UTAF1636", suspect, $"The client certificate {path} cannot be used: {detail} Expected a PFX file, or a PEM file with the certificate and its key; the password is read from authentication.certificatePassword.", inner);

    /// <summary>A transcript that is to be continued is not as it was written.</summary>
    public static UtafException DamagedTranscript(string path, int line) =>
        Usage("UTAF1637", $"{path}({line})", "The transcript of an interrupted verification was changed or damaged, so the queries already sent cannot be counted. Move its folder away to start anew.");

    /// <summary>Two verifications at once with one evidence folder.</summary>
    public static UtafException TranscriptInUse(string path, Exception inner) =>
        Environment("UTAF1638", path, "The transcript cannot be opened: another verification of this suspect is writing it, or it may not be written. Wait for the other, or choose another evidence folder.", inner);

    /// <summary>There is no such form of report.</summary>
    public static UtafException UnknownReportForm(string found, IEnumerable<string> expected) =>
        Usage("UTAF1650", "utaf", $"There is no report form '{found}', expected one of: {string.Join(", ", expected)}.");

    /// <summary>Another process verifies the same suspects with the same evidence folder.</summary>
    public static UtafException RunUnderWay(string folder) =>
        Environment("UTAF1660", folder, "Another process is verifying the same suspects, with its evidence in this folder. Wait for it, or choose another --evidence folder.");

    /// <summary>The evidence folder cannot be written.</summary>
    public static UtafException EvidenceUnusable(string folder, Exception inner) =>
        Environment("UTAF1661", folder, $"The evidence cannot be kept in this folder: {inner.Message} Choose another with --evidence.", inner);

    /// <summary>Nothing is on the watch list.</summary>
    public static UtafException NobodySuspected(string origin) =>
        Usage("UTAF1662", origin, "There is nobody to watch: suspects were expected in utaf.json or on the command line, and there are none. Add them under \"suspects\", or name them: dotnet utaf watch URL.");

    /// <summary>It is not said which model a suspect may be a copy of.</summary>
    public static UtafException ModelOfSuspectUnknown(string origin, string suspect, string store, IEnumerable<string> models) =>
        Usage("UTAF1663", origin, $"It is not said which model '{suspect}' may be a copy of, and {store} has several: {string.Join(", ", models)}. Say it with \"model\" in utaf.json, or with --model.");

    /// <summary>Issues are to be opened, but there is no token.</summary>
    public static UtafException NoGitHubToken(string source, string found) =>
        Environment("UTAF1701", "utaf", $"A GitHub token was expected in {source}, found {found}. In a workflow: env: GITHUB_TOKEN: ${{{{ github.token }}}}, with permissions: issues: write. Elsewhere name a variable with github.token: env:NAME.");

    /// <summary>401.</summary>
    public static UtafException GitHubTokenRejected(string repository, string source, string said) =>
        Environment("UTAF1702", repository, $"GitHub does not accept the token from {source} (HTTP 401): {said} Check that it has not expired or been revoked, and that it belongs to this server.");

    /// <summary>403.</summary>
    public static UtafException GitHubForbidden(string repository, string source, string said) =>
        Environment("UTAF1703", repository, $"The token from {source} may not do this (HTTP 403): {said} It needs the permission issues: write for this repository.");

    /// <summary>404: GitHub says so too where the token may not know.</summary>
    public static UtafException RepositoryNotFound(string repository, string api) =>
        Usage("UTAF1704", repository, $"{api} has no such repository, or the token may not see it. Check the name, and that the token may read the repository and has the permission issues: write.");

    /// <summary>The repository takes no issues.</summary>
    public static UtafException IssuesTurnedOff(string repository, string found) =>
        Usage("UTAF1705", repository, $"A repository that takes issues was expected, found one {found}. Turn issues on in its settings (Features), or name another with --open-issue OWNER/REPO.");

    /// <summary>The repository's name has another form.</summary>
    public static UtafException BadRepositoryName(string found) =>
        Usage("UTAF1706", "utaf", $"The repository for issues is '{found}', expected OWNER/REPO without an address before it, such as octo-org/models.");

    /// <summary>No connection to GitHub.</summary>
    public static UtafException GitHubUnreachable(string repository, string api, string detail, Exception? inner = null) =>
        Environment("UTAF1707", repository, $"{api} cannot be reached: {detail} Check the network, the proxy (HTTPS_PROXY) and GITHUB_API_URL.", inner);

    /// <summary>Something answers, but not as GitHub's API does.</summary>
    public static UtafException NotGitHubApi(string repository, string api, string found, Exception? inner = null) =>
        Usage("UTAF1708", repository, $"{api} does not answer like GitHub's API: expected JSON, found {found}. GitHub Enterprise Server's address ends with /api/v3; check github.apiUrl or GITHUB_API_URL.", inner);

    /// <summary>The API's address is none.</summary>
    public static UtafException BadGitHubAddress(string source, string found) =>
        Usage("UTAF1709", "utaf", $"The address of GitHub's API ({source}) is '{found}', expected https://HOST/PATH without user name and query, such as https://ghe.example.com/api/v3; http only on this machine, because a token is sent.");

    /// <summary>GitHub asks to wait longer than the tool does.</summary>
    public static UtafException GitHubRateLimited(string repository, string until, string said) =>
        Environment("UTAF1710", repository, $"GitHub's rate limit is reached until {until}: {said} Run the same command again after that; what was reported already is not reported twice.");

    /// <summary>Server errors, whatever was tried.</summary>
    public static UtafException GitHubFailing(string repository, int status, int attempts) =>
        Environment("UTAF1711", repository, $"GitHub answered with HTTP {status} in {attempts} attempt(s). Run the same command again later; what was reported already is not reported twice.");

    /// <summary>The issue's template cannot be used.</summary>
    public static UtafException BadIssueTemplate(string path, string expected, string found) =>
        Usage("UTAF1712", path, $"The issue's template: expected {expected}, found {found}.");

    /// <summary>A label has another form than GitHub takes.</summary>
    public static UtafException BadIssueLabel(string found) =>
        Usage("UTAF1713", "utaf", $"The issue's label is '{found}', expected 1 to 50 characters without a comma, a line break, or a space at an end (github.labels).");

    /// <summary>The token may open issues, but not label them; then they could not be found again.</summary>
    public static UtafException IssueNotLabelled(string repository, string label, int number) =>
        Environment("UTAF1714", repository, $"Issue {number} was opened without the label '{label}', which it is found again by, and was closed: the token may not set labels. It needs the permission issues: write, or its owner the role Triage.");

    /// <summary>GitHub refuses a request for another reason.</summary>
    public static UtafException GitHubRefused(string repository, int status, string said) =>
        Environment("UTAF1715", repository, $"GitHub refuses the request (HTTP {status}): {said} Check github.labels, github.assignees and the template.");

    /// <summary>A redirect to somewhere that the token is not meant for.</summary>
    public static UtafException GitHubElsewhere(string repository, string api, string to) =>
        Usage("UTAF1716", repository, $"{api} redirects to {to}. The token is sent nowhere else: if that is GitHub's API too, set it as github.apiUrl or GITHUB_API_URL.");

    /// <summary>Another program listens on the port.</summary>
    public static UtafException PortInUse(string host, int port) =>
        Environment("UTAF1801", "utaf", $"Port {port} of {host} is in use by another program. Choose another with --port, or a free one with --port 0.");

    /// <summary>The system does not let this user listen on the port.</summary>
    public static UtafException PortNotPermitted(string host, int port) =>
        Environment("UTAF1802", "utaf", $"This user may not listen on port {port} of {host}. Choose one above 1023 with --port, or a free one with --port 0.");

    /// <summary>The host is no address of this machine.</summary>
    public static UtafException BadHost(string host) =>
        Usage("UTAF1803", "utaf", $"--host is '{host}', expected an IP address of this machine, localhost, or * for all of its addresses.");

    /// <summary>A key stands where anybody can read it.</summary>
    public static UtafException ApiKeyOnCommandLine() =>
        Usage("UTAF1804", "utaf", "--api-key is not of the form env:NAME. A key on the command line can be read by every user of the machine: put it into an environment variable, and give its name.");

    /// <summary>Two models of one server have one name.</summary>
    public static UtafException SameModelName(string name, IEnumerable<string> paths) =>
        Usage("UTAF1805", "utaf", $"Two models would be named '{name}': {string.Join(", ", paths)}. Rename a file, or serve them from two servers with --name.");

    /// <summary>A file of a benchmark run is damaged.</summary>
    public static UtafException BadRunFile(string path, string expected, string found) =>
        Usage("UTAF1901", path, $"Expected {expected}, found {found.TrimEnd('.')}. Delete the file and go on with the run, or restore it.");

    /// <summary>A benchmark run was made by another version.</summary>
    public static UtafException RunFormat(string path, int expected, int found) =>
        Usage("UTAF1902", path, $"The run has format version {found}, this program reads {expected}. Run it anew into another folder, or use the program that made it.");

    /// <summary>The folder holds a benchmark run of other settings.</summary>
    public static UtafException OtherRun(string path, string expected, string found) =>
        Usage("UTAF1903", path, $"The folder has another run: expected {expected}; found {found}. Choose another folder, or the settings it was made with.");

    /// <summary>Two benchmark runs give different numbers for one repeat.</summary>
    public static UtafException RunsDisagree(string path, string other, string what) =>
        Usage("UTAF1904", path, $"Expected the same numbers as in {other}, found others: {what}. Name only one of the two folders.");

    /// <summary>A benchmark run has nothing to report yet.</summary>
    public static UtafException NoFinishedRepeat(string folder) =>
        Usage("UTAF1905", folder, "Expected at least one finished repeat (repeat-SEED.json), found none. Let the run finish one first, or leave the folder out.");

    /// <summary>torch's native library does not load.</summary>
    public static UtafException NativeLibrary(string detail, Exception? inner = null) =>
        Environment("UTAF2001", "utaf", $"torch's native library does not load: {detail} See: dotnet utaf doctor.", inner);

    /// <summary>The asked device is not there.</summary>
    public static UtafException NoDevice(string device, string found) =>
        Environment("UTAF2002", "utaf", $"The device '{device}' is not available; found {found}. Use --device cpu, or, on a machine with a GPU and its driver: dotnet utaf runtime install cuda.");

    /// <summary>The machine ran out of memory.</summary>
    public static UtafException OutOfMemory(string stage, Exception inner) =>
        Environment("UTAF2003", "utaf", $"There is not enough memory ({stage}). Choose a smaller profile or batch.", inner);

    /// <summary>The sample is not where the tool expects it.</summary>
    public static UtafException SampleMissing(string path) =>
        Environment("UTAF2004", path, "The sample's files are missing. Run the demo from the repository, or reinstall the tool.");

    /// <summary>There is no such back end of torch for this system.</summary>
    public static UtafException NoBackend(string backend, string expected) =>
        Usage("UTAF2005", "utaf", $"There is no back end '{backend}' for this system. Expected {expected}, or the path of a folder with torch's native libraries.");

    /// <summary>A back end's packages were not restored.</summary>
    public static UtafException BackendNotRestored(string package, string version, string detail) =>
        Environment("UTAF2006", "utaf", $"{package} {version} could not be restored: {detail} It is sought in the NuGet sources of this folder (dotnet nuget list source); name another with --source.");

    /// <summary>There is no .NET SDK to restore packages with.</summary>
    public static UtafException NoSdk(string detail) =>
        Environment("UTAF2007", "utaf", $"A back end is restored by the .NET SDK 10, and 'dotnet' does not run here: {detail} Install the SDK, or give the path of a folder with torch's native libraries.");

    /// <summary>A back end is there and does not work.</summary>
    public static UtafException BackendUnusable(string backend, string detail) =>
        Environment("UTAF2008", "utaf", $"The back end '{backend}' does not work on this machine, and nothing was changed: {detail}");

    /// <summary>There is no change of the back end to take back.</summary>
    public static UtafException NothingToUndo() =>
        Usage("UTAF2009", "utaf", "No back end was installed for this version of the tool, so there is nothing to take back. See: dotnet utaf runtime list.");

    /// <summary>An error that nobody foresaw.</summary>
    public static UtafException Unforeseen(Exception inner) =>
        Environment("UTAF9999", "utaf", $"This should not have happened: {inner.GetType().Name}: {inner.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Please report it with what '--verbosity diagnostic' adds and the output of: dotnet utaf doctor.", inner);

    /// <summary>An error that was kept beside others, told again as the only one.</summary>
    public static UtafException Again(Diagnostic diagnostic) => new(diagnostic);

    /// <summary>An error in a file of a published data set, told with where the whole file is to be had.</summary>
    public static UtafException OfDataSet(UtafException error, string dataSet) =>
        new(error.Diagnostic with { Message = $"{error.Diagnostic.Message} Get the whole file again: {dataSet}." }, error);

    /// <summary>An error of reporting, told with the verdict that it must not hide.</summary>
    public static UtafException VerdictNotReported(UtafException error, ExitCode verdict)
    {
        var found = verdict switch
        {
            ExitCode.PiracySuspected => "piracy is suspected",
            ExitCode.NoPiracySuspected => "no piracy is suspected",
            _ => "it is not conclusive",
        };
        var told = $"The verdict stands ({found}, exit code {(int)verdict} otherwise); the same command within 12 hours reports it and asks nobody again.";
        return new(error.Diagnostic with { Message = $"{error.Diagnostic.Message} {told}" }, error);
    }

    private static UtafException Usage(string code, string origin, string message, Exception? inner = null) =>
        new(new Diagnostic(code, ExitCode.Usage, message, origin), inner);

    private static UtafException Environment(string code, string origin, string message, Exception? inner = null) =>
        new(new Diagnostic(code, ExitCode.Environment, message, origin), inner);

    private static UtafException Inconclusive(string code, string origin, string message, Exception? inner = null) =>
        new(new Diagnostic(code, ExitCode.Inconclusive, message, origin), inner);
}
